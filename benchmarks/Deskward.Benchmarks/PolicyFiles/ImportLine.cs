using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Deskward.Fixture;
using Deskward.Policies.Files;
using Deskward.Protocol.Csp;
using Deskward.Protocol.Intune;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Benchmarks.PolicyFiles;

/// <summary>An export of three hundred settings from its bytes to the committed policy set and report. Each run imports another policy, so that each makes one.</summary>
internal sealed class ImportLine(BenchOptions options, BenchDatabases databases, Engine engine)
{
    private const double LimitMilliseconds = 1_000;
    private const int Settings = 300;

    internal async IAsyncEnumerable<BenchLine> RunAsync()
    {
        await using var service = await TestService.StartAsync(await databases.CreateAsync(engine));
        await service.ProviderAsync();
        var customer = await service.AddCustomerAsync();
        var times = new List<double>();
        for (var run = 0; run < (options.Quick ? 1 : 7); run++)
        {
            var file = new ImportFile("export.json", Export(run));
            var clock = Stopwatch.StartNew();
            var done = await service.InScopeAsync(provider => provider.GetRequiredService<PolicyImports>().ImportAsync(customer.Id, file, CancellationToken.None), customer.Id);
            times.Add(clock.Elapsed.TotalMilliseconds);
            if (done.Value is not { Policies: [{ Result: ImportResult.Made } made] } || made.Policy.Count(ImportState.Accepted) != Settings)
            {
                throw new InvalidOperationException($"The export was not imported: {done.Refusal?.Message}");
            }
        }

        yield return BenchLine.AtMost($"import: {Settings} settings, {BenchDatabases.NameOf(engine)}", Figures.Median(times), "ms", LimitMilliseconds);
    }

    /// <summary>Enumerations of the catalogue, each with its first value, as a settings-catalogue policy in UTF-16, as tools write it.</summary>
    private static byte[] Export(int number)
    {
        var settings = Catalogue.Default.Nodes.Where(node => node is { IsSetting: true, Format: "int", Allowed.Kind: AllowedKind.Enumeration } && !node.Path.Contains('{', StringComparison.Ordinal)).Take(Settings).Select(node =>
        {
            var id = node.Path[2..].ToLowerInvariant().Replace('/', '_');
            return (JsonNode)new JsonObject
            {
                ["settingInstance"] = new JsonObject
                {
                    ["@odata.type"] = "#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance",
                    ["settingDefinitionId"] = id,
                    ["choiceSettingValue"] = new JsonObject { ["value"] = $"{id}_{node.Allowed.Values[0]}", ["children"] = new JsonArray() },
                },
            };
        });
        var policy = new JsonObject
        {
            ["@odata.type"] = "#microsoft.graph.deviceManagementConfigurationPolicy", ["id"] = Guid.CreateVersion7().ToString(), ["name"] = $"Export {number}", ["platforms"] = "windows10", ["settings"] = new JsonArray([.. settings]),
        };
        return [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(policy.ToJsonString())];
    }
}
