using System.IO.Compression;
using Deskward.Audit;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Organisations;

/// <summary>The command as an operator runs it.</summary>
public sealed class CustomerVerbsTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_operator_leads_a_customer_through_its_life(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        Assert.Contains($"{ground.Customer}\t{ground.Access.Customer.Domain}\tActive", (await RunAsync(ground, "list")).Output, StringComparison.Ordinal);
        var (code, record, _) = await RunAsync(ground, "domain", "--domain", "contoso-labs.example");
        Assert.Equal(2, code);
        ground.Dns.Set("_deskward.contoso-labs.example", record.Split('"')[1]);
        Assert.Equal(0, (await RunAsync(ground, "domain", "--domain", "contoso-labs.example")).Code);
        Assert.Equal(0, (await RunAsync(ground, "suspend", "--reason", "Unpaid")).Code);
        Assert.Equal(OrganisationState.Suspended, (await ground.RowAsync()).State);
        Assert.Equal(2, (await RunAsync(ground, "leave", "--reason", "Bought", "--confirm", "fabrikam.example")).Code);
        Assert.Equal(0, (await RunAsync(ground, "leave", "--reason", "Bought", "--confirm", ground.Access.Customer.Domain)).Code);
        Assert.Equal(OrganisationState.Leaving, (await ground.RowAsync()).State);
        Assert.Equal(0, (await RunAsync(ground, "keep")).Code);
        Assert.Equal((OrganisationState.Suspended, "Unpaid"), await ground.RowAsync() is var kept ? (kept.State, kept.StateReason) : default);
        Assert.Equal(0, (await RunAsync(ground, "resume")).Code);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_operator_takes_everything_out_into_a_file_that_must_not_exist(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        var file = Path.Combine(ground.Service.Settings.Data, "contoso.zip");
        Assert.Equal(0, (await RunAsync(ground, "export", "--to", file)).Code);
        Assert.Equal(2, (await RunAsync(ground, "export", "--to", file)).Code);
        await using var zip = await ZipFile.OpenReadAsync(file, TestContext.Current.CancellationToken);
        Assert.NotNull(zip.GetEntry("contents.json"));
    }

    [Fact]
    public async Task The_proof_of_a_deletion_is_held_against_its_signature_and_against_the_providers_key()
    {
        await using var ground = await OrganisationsGround.OnAsync(services, Engine.Sqlite);
        var (proof, others) = (await SignedAsync(ground, ground.Access.Provider.Id), await SignedAsync(ground, ground.Customer));
        var key = SignedStatements.SignerOf(proof)!;
        Assert.Equal(0, await VerifyAsync(ground, proof));
        Assert.Equal(0, await VerifyAsync(ground, proof.ReplaceLineEndings("\r\n"), "--key", key.ToUpperInvariant()));
        Assert.Equal((0, 2), (await VerifyAsync(ground, others), await VerifyAsync(ground, others, "--key", key)));
        var flawed = Flawed(proof, others).ToList();
        Assert.All(flawed, text => Assert.Null(SignedStatements.SignerOf(text)));
        Assert.Equal((2, 2), (await VerifyAsync(ground, flawed[0]), await VerifyAsync(ground, flawed[1], "--key", key)));
    }

    /// <summary>The proof with another figure, cut at each line and within, without one of its lines, and with the public key of another.</summary>
    private static IEnumerable<string> Flawed(string proof, string others)
    {
        var lines = proof.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return
        [
            proof.Replace("rows of devices_devices: 7", "rows of devices_devices: 6", StringComparison.Ordinal), proof[..(proof.Length / 2)], proof[1..], proof[..^20],
            .. lines.Select((_, end) => string.Concat(lines[..end].Select(line => line + "\n"))), .. lines.Select((_, without) => string.Concat(lines.Where((_, at) => at != without).Select(line => line + "\n"))),
            proof.Replace(lines[^2], others.Split('\n')[^3], StringComparison.Ordinal),
        ];
    }

    private static Task<string> SignedAsync(OrganisationsGround ground, Guid organisation) => ground.Service.InScopeAsync(async provider =>
    {
        var proof = new DeletionProof { TenantId = organisation, Organisation = ground.Customer, Name = "Contoso", Domain = "contoso.example", ApprovedBy = "eva@northwind.example", DeletedAt = DateTimeOffset.UnixEpoch };
        proof.Add("devices_devices", 7);
        proof.Add("identity_people", 3);
        var db = provider.GetRequiredService<DeskwardContext>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var text = await provider.GetRequiredService<SignedStatements>().SignAsync(db, organisation, proof.Describe(), CancellationToken.None);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return text;
    }, organisation);

    private static async Task<int> VerifyAsync(OrganisationsGround ground, string proof, params string[] options)
    {
        var file = Path.Combine(ground.Service.Settings.Data, "proof.txt");
        await File.WriteAllTextAsync(file, proof, TestContext.Current.CancellationToken);
        return (await DeskwardCommand.RunAsync(["tenant", "verify-proof", file, .. options])).Code;
    }

    private static Task<CommandRun> RunAsync(OrganisationsGround ground, string verb, params string[] arguments)
    {
        string[] organisation = verb == "list" ? [] : ["--organisation", ground.Access.Customer.Domain];
        return DeskwardCommand.RunOnAsync(ground.Service.Settings, ["tenant", verb, .. arguments, .. organisation, "--dns-server", ground.Dns.Address.ToString()]);
    }
}
