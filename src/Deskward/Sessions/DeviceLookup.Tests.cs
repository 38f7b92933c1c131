using System.Security.Cryptography;
using Deskward.Fixture;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Sessions;

public sealed class DeviceLookupTests(Services services)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    /// <summary>Waves of many and of few, which overlap: whoever asks while the number of statements changes is neither forgotten nor given another's PC.</summary>
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Whoever_asks_among_many_is_told_of_the_PC_of_that_certificate(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        using var first = await pcs.EnrolAsync();
        using var second = await pcs.EnrolAsync();
        var expected = new[] { (await pcs.DeviceAsync(first)).Id, (await pcs.DeviceAsync(second)).Id, (Guid?)null };
        byte[][] hashes = [SHA256.HashData(ManagedPcs.IdentityOf(first).RawData), SHA256.HashData(ManagedPcs.IdentityOf(second).RawData), new byte[32]];
        var lookup = pcs.Service.Provider.GetRequiredService<DeviceLookup>();
        await Task.WhenAll(Enumerable.Range(0, 120).Select(asker => Task.Run(async () =>
        {
            for (var time = 0; time < 1 + (asker % 40); time++)
            {
                var which = (asker + time) % 3;
                Assert.Equal(expected[which], (await lookup.FindAsync(hashes[which], TestContext.Current.CancellationToken).WaitAsync(Long, TestContext.Current.CancellationToken))?.DeviceId);
            }
        })));
    }
}
