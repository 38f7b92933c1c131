using System.Globalization;
using Deskward.Certificates;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Deskward.Benchmarks.LargeFleet;

/// <summary>
/// Statements that make a hundred thousand rows of an example row: every column of the model is copied, but for those that must differ from PC to
/// PC, so that a new column needs no change here.
/// </summary>
internal sealed class FleetSql(bool sqlite, Guid tenant, int count)
{
    private readonly string _tenant = sqlite ? $"'{tenant.ToString().ToUpperInvariant()}'" : $"'{tenant}'::uuid";

    internal string Numbers() => sqlite
        ? $"CREATE TABLE bench_numbers AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Text(count)}) SELECT i FROM n"
        : $"CREATE TABLE bench_numbers AS SELECT i FROM generate_series(1, {Text(count)}) AS i";

    internal string NumberSets() =>
        $"CREATE TABLE bench_sets AS SELECT id, desired_hash, group_ids, row_number() OVER (ORDER BY id) - 1 AS number, count(*) OVER () AS total FROM desired_assignment_sets WHERE tenant_id = {_tenant}";

    internal string Devices(IModel model) => Copy<Device>(model, "FROM bench_numbers n JOIN bench_sets s ON s.number = n.i % s.total CROSS JOIN devices_devices e", new()
    {
        [nameof(Device.Id)] = DeviceId,
        [nameof(Device.HardwareId)] = Hex("n.i", 32),
        [nameof(Device.Name)] = Name,
        [nameof(Device.Search)] = $"lower({Name}) || ' sn' || (n.i * 7) || ' desk 14 contoso devices'",
        [nameof(Device.PersonSearch)] = "'user' || (n.i % 5000) || '@contoso.example'",
        [nameof(Device.UserAddress)] = "'user' || (n.i % 5000) || '@contoso.example'",
        [nameof(Device.Serial)] = "'SN' || (n.i * 7)",
        [nameof(Device.LastSeenAt)] = Ago("e.enrolled_at", "n.i * 7919 % 7776000"),
        [nameof(Device.AssignmentSetId)] = "s.id",
        [nameof(Device.SettledHash)] = "CASE WHEN n.i % 40 = 0 THEN NULL ELSE s.desired_hash END",
        [nameof(Device.IsClean)] = sqlite ? "n.i % 40 <> 0" : "(n.i % 40 <> 0)",
    });

    internal string Progress(IModel model) => Copy<DeviceProgress>(model, "FROM bench_numbers n CROSS JOIN desired_progress e", new() { [nameof(DeviceProgress.DeviceId)] = DeviceId, [nameof(DeviceProgress.LastResponse)] = "NULL" });

    internal string Certificates(IModel model) => Copy<IssuedCertificate>(model, "FROM bench_numbers n CROSS JOIN certificates_issued e", new()
    {
        [nameof(IssuedCertificate.Id)] = Guid("9"),
        [nameof(IssuedCertificate.DeviceId)] = DeviceId,
        [nameof(IssuedCertificate.Serial)] = Hex("n.i", 32),
        [nameof(IssuedCertificate.Sha256)] = sqlite ? "randomblob(32)" : "sha256(n.i::text::bytea)",
    });

    internal string Members(System.Guid group)
    {
        var id = Literal(group);
        var bytes = sqlite ? $"instr(s.group_ids, x'{Bytes(group)}') > 0" : $"position('\\x{Bytes(group)}'::bytea in s.group_ids) > 0";
        return $"INSERT INTO groups_members (group_id, device_id, tenant_id) SELECT {id}, {DeviceId}, {_tenant} FROM bench_numbers n JOIN bench_sets s ON s.number = n.i % s.total WHERE {bytes}";
    }

    /// <summary>People like the example, who has roles: they have none.</summary>
    internal string People(IModel model, System.Guid example, string domain) => Copy<Person>(model, $"FROM bench_numbers n JOIN identity_people e ON e.id = {Literal(example)}", new()
    {
        [nameof(Person.Id)] = Guid("7"),
        [nameof(Person.Roles)] = "0",
        [nameof(Person.UserName)] = $"'person' || n.i || '@{domain}'",
        [nameof(Person.NormalizedUserName)] = $"upper('person' || n.i || '@{domain}')",
        [nameof(Person.Email)] = $"'person' || n.i || '@{domain}'",
        [nameof(Person.NormalizedEmail)] = $"upper('person' || n.i || '@{domain}')",
        [nameof(Person.DisplayName)] = PersonName,
        [nameof(Person.Search)] = $"lower({PersonName}) || {(sqlite ? "char(10)" : "chr(10)")} || 'person' || n.i || '@{domain}'",
    });

    internal string DropExample() =>
        """
        DELETE FROM desired_progress WHERE device_id IN (SELECT id FROM devices_devices WHERE hardware_id = 'EXAMPLE');
        DELETE FROM certificates_issued WHERE device_id IN (SELECT id FROM devices_devices WHERE hardware_id = 'EXAMPLE');
        DELETE FROM devices_devices WHERE hardware_id = 'EXAMPLE'
        """;

    private const string PersonName = "'Given' || (n.i % 100) || ' Family' || (n.i % 7) || ' ' || n.i";

    private string DeviceId => Guid("8");

    private string Name => sqlite ? "printf('PC-%06d', n.i)" : "'PC-' || lpad(n.i::text, 6, '0')";

    private string Guid(string variant) => sqlite
        ? $"printf('01900000-0000-7000-{variant}000-%012X', n.i)"
        : $"('01900000-0000-7000-{variant}000-' || lpad(to_hex(n.i), 12, '0'))::uuid";

    private string Literal(System.Guid id) => sqlite ? $"'{id.ToString().ToUpperInvariant()}'" : $"'{id}'::uuid";

    private string Hex(string number, int digits) => sqlite ? $"printf('%0{Text(digits)}X', {number})" : $"upper(lpad(to_hex({number}), {Text(digits)}, '0'))";

    private string Ago(string column, string seconds) => sqlite ? $"{column} + ({seconds}) * 1000000" : $"{column} + make_interval(secs => ({seconds}))";

    internal static string Copy<T>(IModel model, string from, Dictionary<string, string> different)
    {
        var entity = model.FindEntityType(typeof(T))!;
        var columns = entity.GetProperties().Select(property => (Name: property.GetColumnName(), Value: different.GetValueOrDefault(property.Name) ?? "e." + property.GetColumnName())).ToList();
        return $"INSERT INTO {entity.GetTableName()} ({string.Join(", ", columns.Select(column => column.Name))}) SELECT {string.Join(", ", columns.Select(column => column.Value))} {from}";
    }

    private static string Bytes(System.Guid id) => Convert.ToHexString(id.ToByteArray(bigEndian: true));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
