using Xunit.Sdk;
using Xunit.v3;

[assembly: Xunit.TestCollectionOrderer(typeof(Deskward.Fixture.LongestFirst))]

namespace Deskward.Fixture;

/// <summary>Begins with the collections that take minutes: one of them begun last would keep one core busy and the others waiting.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_long =
    [
        nameof(Browser.PortalTests), Isolation.IsolationTests.Name, nameof(Organisations.CustomerVerbsTests), nameof(Journeys.BenchJourney), nameof(Journeys.DemoJourney), nameof(AuditFile.AuditVerbTests),
        nameof(Enrollment.KilledServerTests), nameof(Browser.PeoplePagesTests), nameof(Faults.MailFaultsTests), nameof(Policies.Files.ImportPagesTests), nameof(Faults.KilledSealerTests), nameof(Identity.Providers.ProviderSignInTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Array.FindIndex(s_long, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)) is var at and >= 0 ? at : s_long.Length)];
}
