using System.CommandLine;
using Deskward.DesiredState.Answers;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Protocol.Csp;

namespace Deskward.Policies;

/// <summary><c>deskward explain --pc NAME</c>: why each setting of a PC has its value, and how it stands.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal static class ExplainVerb
{
    private const int LongestPath = 1000;

    internal static Command Create()
    {
        var pc = new Option<string>("--pc") { Description = "Name of the PC, or its id", HelpName = "NAME", Required = true };
        var organisation = new Option<string?>("--organisation") { Description = "Id, domain or name of its organisation, where the name is not unique", HelpName = "ORG" };
        var setting = new Option<string?>("--setting") { Description = "One setting, with everything that is known of it; default: a line for each", HelpName = "LOCURI" };
        var json = new Option<bool>("--json") { Description = "Everything, as JSON" };
        var verb = new Command("explain", "Tells why each setting of a PC has its value, by whose decision, what it would be otherwise, and how it stands on which evidence.") { pc, organisation, setting, json };
        return Verb.WithSettings(verb, async (settings, result, cancellationToken) =>
        {
            await using var services = Verb.Services(settings);
            await using var scope = services.CreateAsyncScope();
            var found = await new PcByName(scope.ServiceProvider).FindAsync(result.GetRequiredValue(pc), result.GetValue(organisation), cancellationToken);
            if (found.IsRefused)
            {
                return await Verb.RefuseAsync(found.Refusal.Message);
            }

            var told = await ExplainAsync(scope.ServiceProvider.GetRequiredService<PcExplanations>(), found.Value, result.GetValue(setting), cancellationToken);
            if (told.IsRefused)
            {
                return await Verb.RefuseAsync(told.Refusal.Message);
            }

            var report = new ExplainReport(found.Value, told.Value);
            await Console.Out.WriteLineAsync(result.GetValue(json) ? report.ToJson() : result.GetValue(setting) is null ? report.ToTable() : report.ToText());
            return 0;
        });
    }

    private static async Task<Outcome<List<SettingExplanation>>> ExplainAsync(PcExplanations explanations, FoundPc pc, string? setting, CancellationToken cancellationToken)
    {
        if (setting is null)
        {
            return await explanations.AllAsync(pc.Device, cancellationToken);
        }

        if (setting.Length > LongestPath)
        {
            return Refusal.Invalid($"A LocURI has at most {LongestPath} characters.");
        }

        var told = await explanations.OneAsync(pc.Device, setting, cancellationToken);
        if (told is { Wishes: [], Standing: null } && Catalogue.Default.Find(told.Path) is null)
        {
            return new Refusal(Platform.RefusalReason.NotFound, $"There is no node {setting}." + (Catalogue.Default.NearestTo(setting) is { } nearest ? $" The nearest is {nearest}." : ""));
        }

        return new List<SettingExplanation> { told };
    }
}
