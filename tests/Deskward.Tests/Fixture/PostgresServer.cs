using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Deskward.Fixture;

/// <summary>A throw-away PostgreSQL server in a temporary folder, run as the user postgres where the tests run as root.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string OwnerName = "deskward_owner";
    private const int FirstPort = 15_000;
    private const int Ports = 15_000;
    private static long s_ports = Random.Shared.Next(Ports);
    private readonly string _folder;
    private readonly bool _durable;

    private PostgresServer(string folder, int port, bool durable) => (_folder, Port, _durable) = (folder, port, durable);

    /// <summary>Port on 127.0.0.1.</summary>
    public int Port { get; }

    private string DataFolder => Path.Combine(_folder, "data");

    /// <param name="durable">Whether a commit waits for the disk, as in real operation; tests need no disk.</param>
    public static async Task<PostgresServer> StartAsync(bool durable = false)
    {
        var folder = Directory.CreateTempSubdirectory("deskward-pg-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        var server = new PostgresServer(folder, FreePort(), durable);
        await RunAsync("initdb", "-D", server.DataFolder, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8");
        await server.StartAgainAsync();
        await server.ExecuteAsync("postgres", $"CREATE ROLE {OwnerName} LOGIN BYPASSRLS CREATEDB CREATEROLE");
        return server;
    }

    /// <summary>Starts the server that <see cref="StopAsync"/> stopped, on the same port with the same data.</summary>
    public async Task StartAgainAsync() => await RunAsync("pg_ctl", "-D", DataFolder, "-w", "-l", Path.Combine(_folder, "log"), "-o",
        string.Create(CultureInfo.InvariantCulture, $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c max_connections=200{(_durable ? "" : " -c fsync=off -c full_page_writes=off -c autovacuum_naptime=10min")}"), "start");

    /// <summary>Stops it; <c>immediate</c> is the crash that loses what was not written.</summary>
    public Task StopAsync(string mode = "fast") => RunAsync("pg_ctl", "-D", DataFolder, "-w", "-m", mode, "stop");

    /// <summary>Makes an empty database and returns the owner's and the service role's connection strings.</summary>
    public async Task<(string Owner, string Service)> CreateDatabaseAsync(string? template = null)
    {
        var name = "t" + Guid.CreateVersion7().ToString("n");
        await using var connection = new NpgsqlConnection(Connection("postgres", "postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name} OWNER {OwnerName}" + (template is null ? "" : $" TEMPLATE {template} STRATEGY FILE_COPY"), connection);
        await command.ExecuteNonQueryAsync();
        return (Connection(name, OwnerName), Connection(name, "deskward_service"));
    }

    public string Connection(string database, string user) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Database={database};Username={user};Password=none;Maximum Pool Size=40");

    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(Connection(database, "postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What pg_dump writes for whoever connects so.</summary>
    public async Task<byte[]> DumpAsync(string connection)
    {
        var target = new NpgsqlConnectionStringBuilder(connection);
        var file = Path.Combine(_folder, target.Database + ".sql");
        await RunAsync("pg_dump", "-h", target.Host!, "-p", target.Port.ToString(CultureInfo.InvariantCulture), "-U", target.Username!, "-f", file, target.Database!);
        return await File.ReadAllBytesAsync(file);
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(DataFolder, "postmaster.pid")))
        {
            await StopAsync("immediate");
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static async Task RunAsync(string tool, params string[] arguments)
    {
        var path = Directory.EnumerateDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin", tool)).First(File.Exists);
        var start = Environment.IsPrivilegedProcess ? new ProcessStartInfo("runuser", ["-u", "postgres", "--", path, .. arguments]) : new ProcessStartInfo(path, arguments);
        start.WorkingDirectory = "/";
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        process.StandardOutput.Close();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{tool} ended with {process.ExitCode}");
        }
    }

    /// <summary>Below the ports from which the system gives to connections that go out: between here and the use of it, one of those could take it.</summary>
    internal static int FreePort()
    {
        while (true)
        {
            var port = FirstPort + (int)(Interlocked.Increment(ref s_ports) % Ports);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there: the next one.
            }
        }
    }
}
