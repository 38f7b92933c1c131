using Deskward.Protocol.Csp;
using Deskward.Protocol.SyncMl;
using Xunit;

namespace Deskward.Simulator;

public sealed class CspTreeTests
{
    private const string Policy = "./Device/Vendor/MSFT/Policy/Config/Defender/PUAProtection";
    private const string Rule = "./Vendor/MSFT/Firewall/MdmStore/FirewallRules/Web";
    private const string Profile = "./Device/Vendor/MSFT/VPNv2/Office";

    private readonly CspTree _tree = new(PcIdentity.From(new Seed(1), new PcProfile { OsVersion = "10.0.26100.4061", Edition = 4 }), TimeProvider.System);

    [Fact]
    public void A_policy_is_written_read_back_and_removed()
    {
        Assert.Equal(404, Run(SyncVerb.Get, Policy).Status);
        Assert.Equal(200, Run(SyncVerb.Replace, Policy, "1", "int").Status);
        Assert.Equal(new CspAnswer(200, "1", "int"), Run(SyncVerb.Get, Policy.ToUpperInvariant()));
        Assert.Equal(200, Run(SyncVerb.Delete, Policy).Status);
        Assert.Equal(404, Run(SyncVerb.Delete, Policy).Status);
        Assert.Null(_tree.Read(Policy));
    }

    [Theory]
    [InlineData(SyncVerb.Replace, Policy, "7", "int", 500)]
    [InlineData(SyncVerb.Replace, Policy, "one", "int", 400)]
    [InlineData(SyncVerb.Replace, Policy, "1", "bool", 415)]
    [InlineData(SyncVerb.Exec, Policy, null, null, 405)]
    [InlineData(SyncVerb.Replace, "./Device/Vendor/MSFT/Policy/Config/Defender/NoSuchThing", "1", "int", 404)]
    [InlineData(SyncVerb.Replace, "./DevInfo/Man", "Somebody", "chr", 405)]
    [InlineData(SyncVerb.Get, "./Vendor/MSFT/Firewall/MdmStore/DomainProfile/EnableFirewall", null, null, 405)]
    [InlineData(SyncVerb.Replace, "./Vendor/MSFT/Firewall/MdmStore/DomainProfile/EnableFirewall", "TRUE", "bool", 400)]
    [InlineData(SyncVerb.Get, "./Device/Vendor/MSFT/Policy/Config?list=Struct", null, null, 406)]
    [InlineData(SyncVerb.Exec, "./Device/Vendor/MSFT/Reboot/RebootNow", null, null, 200)]
    [InlineData(SyncVerb.Exec, "./Device/Vendor/MSFT/Defender/Scan", "3", "chr", 400)]
    public void The_status_is_that_of_windows(SyncVerb verb, string path, string? value, string? format, int status) =>
        Assert.Equal(status, Run(verb, path, value, format).Status);

    [Fact]
    public void A_number_without_format_is_refused_and_is_the_services_fault()
    {
        var answer = Run(SyncVerb.Replace, Policy, "1");

        Assert.Equal(415, answer.Status);
        Assert.Equal("int without Format", answer.Broken);
    }

    [Theory]
    [InlineData("/Device/Vendor/MSFT/Policy")]
    [InlineData(".Device/Vendor/MSFT/Policy")]
    [InlineData(" ./Device/Vendor/MSFT/Policy")]
    [InlineData("./Device/Vendor/MSFT/VPNv2/My Office/ProfileXML")]
    [InlineData("./Device/Vendor/MSFT/VPNv2//ProfileXML")]
    [InlineData("./Device/Vendor/MSFT/VPNv2/*")]
    public void A_bad_address_is_not_found_and_is_the_services_fault(string path)
    {
        var answer = Run(SyncVerb.Get, path);

        Assert.Equal(404, answer.Status);
        Assert.NotNull(answer.Broken);
    }

    [Fact]
    public void User_settings_need_the_enrolled_person_to_be_signed_in()
    {
        const string path = "./User/Vendor/MSFT/Policy/Config/Start/HideAppList";

        Assert.Equal(500, Run(SyncVerb.Replace, path, "1", "int").Status);
        Assert.Equal(404, Run(SyncVerb.Get, path).Status);
        _tree.Login = LoginStatus.Others;
        Assert.Equal(500, Run(SyncVerb.Replace, path, "1", "int").Status);
        _tree.Login = LoginStatus.User;
        Assert.Equal(200, Run(SyncVerb.Replace, path, "1", "int").Status);
    }

    [Fact]
    public void A_dynamic_node_is_added_before_it_is_replaced()
    {
        Assert.Equal(404, Atomic(SyncVerb.Replace, Profile + "/RememberCredentials", "true", "bool").Status);
        Assert.Equal(200, Atomic(SyncVerb.Add, Profile + "/RememberCredentials", "true", "bool").Status);
        Assert.Equal(418, Atomic(SyncVerb.Add, Profile + "/RememberCredentials", "true", "bool").Status);
        Assert.Equal(200, Atomic(SyncVerb.Replace, Profile + "/RememberCredentials", "false", "bool").Status);
        Assert.Equal("Office", Run(SyncVerb.Get, "./Device/Vendor/MSFT/VPNv2").Data);
        Assert.Equal(200, Run(SyncVerb.Delete, Profile).Status);
        Assert.Empty(_tree.Settings);
        Assert.Equal(404, Run(SyncVerb.Get, Profile).Status);
    }

    [Fact]
    public void What_must_be_atomic_is_refused_outside_an_atomic()
    {
        var outside = Run(SyncVerb.Add, Rule + "/Name", "Web", "chr");

        Assert.Equal(500, outside.Status);
        Assert.NotNull(outside.Broken);
        Assert.Equal(200, Atomic(SyncVerb.Add, Rule + "/Name", "Web", "chr").Status);
        Assert.Equal(200, Atomic(SyncVerb.Replace, Rule + "/Enabled", "true", "bool").Status);
    }

    [Fact]
    public void An_interior_node_answers_with_encoded_names()
    {
        Atomic(SyncVerb.Add, "./Device/Vendor/MSFT/VPNv2/Head%20Office/RememberCredentials", "true", "bool");
        Atomic(SyncVerb.Add, "./Device/Vendor/MSFT/VPNv2/A%23B/RememberCredentials", "true", "bool");

        Assert.Equal("A%23B/Head%20Office", Run(SyncVerb.Get, "./Device/Vendor/MSFT/VPNv2").Data);
        Assert.Contains("PUAProtection", Get("./Device/Vendor/MSFT/Policy/Config/Defender", Policy), StringComparison.Ordinal);
        Assert.Equal(2, Run(SyncVerb.Get, "./Vendor/MSFT/DeviceStatus/NetworkIdentifiers").Data!.Split('/').Length);
    }

    [Fact]
    public void The_value_in_force_is_read_under_result()
    {
        Run(SyncVerb.Replace, Policy, "2", "int");

        Assert.Equal("2", Run(SyncVerb.Get, Policy.Replace("/Config/", "/Result/", StringComparison.Ordinal)).Data);
        Assert.Equal(405, Run(SyncVerb.Replace, Policy.Replace("/Config/", "/Result/", StringComparison.Ordinal), "1", "int").Status);
    }

    [Fact]
    public void What_this_edition_or_build_lacks_is_not_found()
    {
        var older = new CspTree(PcIdentity.From(new Seed(1), new PcProfile { OsVersion = "10.0.17763.1", Edition = 48 }), TimeProvider.System);
        var newer = Catalogue.Default.Nodes.First(node => node is { IsSetting: true, Format: "int", AtomicRoot: null, IsDynamic: false, Scope: NodeScope.Device }
            && node.Path.Contains("/Policy/Config/", StringComparison.Ordinal) && node.AppliesTo(new OsBuild(26100, 4061), 4) && !node.AppliesTo(new OsBuild(17763, 1), 48));

        Assert.Equal(404, older.Run(new CspCommand(SyncVerb.Replace, newer.Path, new SyncMeta("int"), "1")).Status);
        Assert.NotEqual(404, Run(SyncVerb.Replace, newer.Path, "1", "int").Status);
    }

    [Fact]
    public void Every_fact_is_a_readable_node_of_the_catalogue()
    {
        var wrong = _tree.Facts.Paths.Where(path => Catalogue.Default.Find(path) is not { CanRead: true } || Catalogue.Default.CanonicalPath(path) != path);

        Assert.Empty(wrong);
    }

    [Fact]
    public void Drift_changes_a_value_unseen() => Assert.Equal("0", Get(Policy, Policy, () => _tree.SetLocally(Policy, "0")));

    [Fact]
    public void A_rolled_back_change_leaves_no_trace()
    {
        Run(SyncVerb.Replace, Policy, "1", "int");
        _tree.Store.Begin();
        Run(SyncVerb.Replace, Policy, "2", "int");
        Run(SyncVerb.Delete, Policy);
        Atomic(SyncVerb.Add, Rule + "/Name", "Web", "chr");
        _tree.Store.RollBack();

        Assert.Equal([new(Policy, "1")], _tree.Settings);
        Assert.Equal(404, Run(SyncVerb.Get, Rule).Status);
    }

    private string? Get(string path, string written, Action? between = null)
    {
        Run(SyncVerb.Replace, written, "1", "int");
        between?.Invoke();
        return Run(SyncVerb.Get, path).Data;
    }

    private CspAnswer Run(SyncVerb verb, string path, string? value = null, string? format = null) =>
        _tree.Run(new CspCommand(verb, path, format is null ? null : new SyncMeta(format), value));

    private CspAnswer Atomic(SyncVerb verb, string path, string? value = null, string? format = null) =>
        _tree.Run(new CspCommand(verb, path, format is null ? null : new SyncMeta(format), value, InAtomic: true));
}
