using System.CommandLine;
using Deskward.Platform;
using Deskward.Platform.Duties;

namespace Deskward.Audit;

/// <summary><c>deskward audit verify</c>: 0 when all is as it was written, 1 with the first flaw otherwise, 2 when it cannot be told.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal static class VerifyVerb
{
    internal static Command Create()
    {
        var file = new Argument<FileInfo?>("FILE") { Description = "An exported file; without it, the database", Arity = ArgumentArity.ZeroOrOne };
        var organisation = new Option<string?>("--organisation") { Description = "Id, domain or name; without it, all organisations" };
        var checkpoints = new Option<FileInfo[]>("--checkpoint") { Description = "A checkpoint that was kept elsewhere; may repeat" };
        var keys = new Option<string[]>("--key") { Description = "Id of the only key whose signatures count, as audit key prints it; may repeat" };
        var verify = new Command("verify", "Verifies the audit trail and names the first row that was changed, is missing, reordered or cut off.") { file, organisation, checkpoints, keys };
        return Verb.WithSettings(verify, async (settings, result, cancellationToken) =>
        {
            string[] pinned = result.GetValue(keys) ?? [];
            var trust = await TrustAsync(result.GetValue(checkpoints) ?? [], pinned, cancellationToken);
            return (result.GetValue(file), result.GetValue(organisation)) switch
            {
                ({ } exported, null) => await VerifyFileAsync(exported.FullName, trust, cancellationToken),
                (null, null) when pinned.Length > 0 => await Verb.RefuseAsync("Each organisation has keys of its own: give --organisation with --key."),
                (null, var named) => await VerifyDatabaseAsync(settings, named, trust, cancellationToken),
                _ => await Verb.RefuseAsync("Give a file or --organisation, not both: a file names its organisation."),
            };
        });
    }

    /// <summary>Whoever gives a checkpoint trusts its key, and no other.</summary>
    private static async Task<Trust> TrustAsync(FileInfo[] files, string[] keys, CancellationToken cancellationToken)
    {
        var given = new List<CheckpointFile>();
        foreach (var file in files)
        {
            given.Add(file.Exists
                ? CheckpointFile.Parse(await File.ReadAllTextAsync(file.FullName, cancellationToken), file.ToString())
                : throw new InvalidDataException($"{file} does not exist."));
        }

        return new Trust(given, [.. keys.Select(key => key.Trim().ToLowerInvariant()), .. given.Select(one => Convert.ToHexStringLower(one.Checkpoint.KeyId))]);
    }

    private static async Task<int> VerifyFileAsync(string file, Trust trust, CancellationToken cancellationToken)
    {
        await using var chain = await FileChain.OpenAsync(file, cancellationToken);
        return trust.Given.Any(given => given.Tenant != chain.Tenant)
            ? await Verb.RefuseAsync($"The checkpoint is of another organisation than the file, which is of {chain.Tenant}.")
            : await TellAsync(chain, trust, cancellationToken);
    }

    private static async Task<int> VerifyDatabaseAsync(ServiceSettings settings, string? named, Trust trust, CancellationToken cancellationToken)
    {
        await using var services = Verb.Services(settings);
        await using var scope = services.CreateAsyncScope();
        var found = await scope.ServiceProvider.GetRequiredService<FindOrganisations>()(named, cancellationToken);
        if (found.IsRefused)
        {
            return await Verb.RefuseAsync(found.Refusal.Message);
        }

        if (trust.Given.FirstOrDefault(given => found.Value.All(one => one.Id != given.Tenant)) is { } other)
        {
            return await Verb.RefuseAsync($"The checkpoint is of another organisation, {other.Tenant}.");
        }

        // What was given is about some of the organisations; the others stand on what the database holds.
        var code = 0;
        foreach (var organisation in found.Value)
        {
            await using var chain = await DatabaseChain.OpenAsync(services.GetRequiredService<IServiceScopeFactory>(), organisation, cancellationToken);
            CheckpointFile[] given = [.. trust.Given.Where(one => one.Tenant == organisation.Id)];
            var own = named is null && given.Length == 0 && trust.Given.Count > 0 ? Trust.Nothing : trust with { Given = given };
            code = Math.Max(code, await TellAsync(chain, own, cancellationToken));
        }

        return code;
    }

    private static async Task<int> TellAsync(IChainSource chain, Trust trust, CancellationToken cancellationToken)
    {
        var verdict = await ChainVerifier.VerifyAsync(chain, trust, cancellationToken);
        await Console.Out.WriteLineAsync($"{chain.Name} ({chain.Tenant}): {verdict}");
        return verdict.Flaw is null ? 0 : 1;
    }
}
