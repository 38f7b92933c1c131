using System.Reflection;
using Deskward.Platform.Duties;
using Deskward.Responsibilities;
using Microsoft.AspNetCore.Components;
using Xunit;

namespace Deskward.Guards;

/// <summary>What asks people to prove once more who they are, and what is open before they have proven enough: closed lists.</summary>
public sealed class ProofTests
{
    private static readonly string[] Asking =
    [
        "C1.approval Approve", "P1.changes Approve", "P1.exceptions Act", "P1.exceptions Decide", "P4.isolation Approve", "P4.review Approve", "platform.access Approve", "platform.access Request", "platform.break-glass Act",
        "platform.contract Approve", "platform.devices Approve", "platform.identity-provider Act", "platform.off-boarding Act", "platform.off-boarding Approve", "platform.own-factors Act", "platform.roles Act",
        "platform.tokens Act",
    ];

    [Fact]
    public void These_actions_ask_for_a_fresh_proof() => Assert.Equal(
        Asking, Matrix.Default.Duties.SelectMany(duty => duty.Actions.Where(action => action.Value.AsksAgain).Select(action => $"{duty.Id} {action.Key}")).Order(StringComparer.Ordinal));

    [Fact]
    public void These_pages_ask_for_one_though_their_action_does_not() => Assert.Equal(
        ["DeviceActionPage =", "DeviceConfirmPage act=retire", "ResetFactorsPage ="], Pages<AsksAgainAttribute>().Select(page => $"{page.Type.Name} {page.Mark.Name}={page.Mark.Value}").Order(StringComparer.Ordinal));

    [Fact]
    public void These_pages_are_open_to_somebody_whose_second_factor_is_missing() =>
        Assert.Equal(["ConfirmPage", "SecondFactorPage"], Pages<OpenBeforeSecondFactorAttribute>().Select(page => page.Type.Name).Order(StringComparer.Ordinal));

    private static IEnumerable<(Type Type, T Mark)> Pages<T>()
        where T : Attribute => typeof(Modules).Assembly.GetTypes().Where(type => type.GetCustomAttributes<RouteAttribute>().Any() && type.GetCustomAttribute<T>() is not null).Select(type => (type, type.GetCustomAttribute<T>()!));
}
