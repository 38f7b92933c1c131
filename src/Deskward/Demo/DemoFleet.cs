using System.Security.Cryptography.X509Certificates;
using Deskward.Enrollment;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Simulator;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Demo;

/// <summary>The demo's virtual PCs: kept in the data folder, enrolled where they are not, and managed over the network like any PC.</summary>
internal sealed class DemoFleet
{
    private const int Concurrency = 6;
    private readonly IServiceProvider _services;
    private readonly ServiceSettings _settings;
    private readonly Fleet _fleet;
    private readonly Dictionary<VirtualPc, DemoPerson> _owners = [];
    private readonly string _folder;

    internal DemoFleet(IServiceProvider services, ServiceSettings settings, IReadOnlyList<DemoOrganisation> cast, Action<FleetProgress> progress)
    {
        (_services, _settings, _folder) = (services, settings, Path.Combine(settings.Data, "pcs"));
        var network = Network(settings);
        var keys = new KeyStore(Path.Combine(settings.Data, "pcs", "keys"));
        var saved = Directory.Exists(_folder) ? LoadAll(network, keys) : [];
        var wanted = cast.SelectMany(organisation => Enumerable.Range(0, organisation.Pcs).Select(number => (organisation, number)));
        List<VirtualPc> pcs = [];
        foreach (var (organisation, number) in wanted)
        {
            var name = DemoCast.PcName(organisation, number);
            var pc = saved.GetValueOrDefault(name) ?? VirtualPc.Create(DemoCast.Seed(organisation, number), new PcProfile { Name = name }, network, keys);
            _owners[pc] = DemoCast.AtPc(organisation, number);
            pcs.Add(pc);
        }

        _fleet = new Fleet(pcs, new FleetOptions { Concurrency = Concurrency, Progress = progress });
    }

    internal int Count => _fleet.Pcs.Count;

    /// <summary>Enrols the PCs that are not, and has every PC talk to the service until it is left in peace.</summary>
    /// <returns>What went wrong, a line each.</returns>
    internal async Task<IReadOnlyList<string>> SettleAsync(string discovery, CancellationToken cancellationToken)
    {
        var codes = await CodesAsync(cancellationToken);
        var failures = await _fleet.EnrolAllAsync(pc => new EnrolmentTicket(new Uri(discovery), _owners[pc].Address, codes[_owners[pc].Address]), cancellationToken);
        foreach (var pc in _fleet.Pcs)
        {
            pc.SignIn(_owners[pc].Address);
        }

        var restless = await _fleet.SettleAsync(cancellation: cancellationToken);
        await SaveAsync(cancellationToken);
        return [.. failures.Select(failure => $"{failure.Pc.Profile.Name}: {failure.Report}"), .. restless == 0 ? Array.Empty<string>() : [$"{restless} PCs did not settle."]];
    }

    /// <summary>Has every PC talk to the service again, which changed what it wants of some.</summary>
    internal async Task FollowAsync(CancellationToken cancellationToken)
    {
        await _fleet.SettleAsync(cancellation: cancellationToken);
        await SaveAsync(cancellationToken);
    }

    /// <summary>Somebody changes a setting at the PC, behind the service.</summary>
    internal void Change(string name, string path, string value) => _fleet.Pcs.Single(pc => pc.Profile.Name == name).Tree.SetLocally(path, value);

    /// <summary>Lets the PCs live until cancelled, then keeps what they have become.</summary>
    internal async Task LiveAsync(CancellationToken cancellationToken)
    {
        await _fleet.LiveAsync(cancellationToken);
        await SaveAsync(CancellationToken.None);
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        foreach (var pc in _fleet.Pcs)
        {
            await pc.SaveAsync(_folder, cancellationToken);
        }
    }

    private Dictionary<string, VirtualPc> LoadAll(PcNetwork network, KeyStore keys) =>
        SavedPcs.LoadAll(_folder, network, keys).Where(pc => pc.Profile.Name is not null).ToDictionary(pc => pc.Profile.Name!);

    private async Task<Dictionary<string, string>> CodesAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, string> codes = [];
        foreach (var owners in _fleet.Pcs.Where(pc => !pc.IsEnrolled).Select(pc => _owners[pc].Address).Chunk(100))
        {
            await using var scope = _services.CreateAsyncScope();
            var (db, open) = (scope.ServiceProvider.GetRequiredService<DeskwardContext>(), scope.ServiceProvider.GetRequiredService<TenantScope>());
            var names = owners.Select(address => address.ToUpperInvariant()).ToArray();
            await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
            foreach (var person in await db.Set<Person>().Where(person => names.Contains(person.NormalizedUserName)).ToListAsync(cancellationToken))
            {
                open.Open(person.TenantId);
                codes[person.UserName!] = await NewCodeAsync(scope.ServiceProvider, person, cancellationToken);
            }
        }

        return codes;
    }

    private static async Task<string> NewCodeAsync(IServiceProvider services, Person person, CancellationToken cancellationToken)
    {
        var code = await services.GetRequiredService<EnrolmentCodes>().CreateAsync(person, 1, TimeSpan.FromHours(1), cancellationToken);
        return code.IsRefused ? throw new InvalidDataException(code.Refusal.Message) : code.Value.Code;
    }

    private static PcNetwork Network(ServiceSettings settings)
    {
        if (settings.TlsCertificates.Count == 0)
        {
            return PcNetwork.FromPemFile(Path.Combine(settings.Data, "tls", "root.pem"));
        }

        var roots = new X509Certificate2Collection();
        settings.TlsCertificates.ToList().ForEach(file => roots.ImportFromPemFile(file.Certificate));
        return new PcNetwork(roots);
    }
}
