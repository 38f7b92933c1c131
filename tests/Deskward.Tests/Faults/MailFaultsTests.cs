using Deskward.Fixture;
using Deskward.Notices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Faults;

/// <summary>When in the life of a mail the node dies.</summary>
public enum MailMoment
{
    /// <summary>The node signs in at the server; no mail is marked.</summary>
    BeforeItIsMarked,

    /// <summary>The mail is marked as being sent; the server has not taken it.</summary>
    BeforeItIsTaken,

    /// <summary>The server has the whole mail; the node has no answer and has noted nothing.</summary>
    BeforeItIsNoted,
}

public sealed class MailFaultsTests(Services services)
{
    public static TheoryData<Engine, MailMoment> Deaths => new MatrixTheoryData<Engine, MailMoment>(Enum.GetValues<Engine>(), Enum.GetValues<MailMoment>());

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task A_killed_node_loses_no_mail_and_doubles_only_what_is_in_doubt(Engine engine, MailMoment moment)
    {
        await using var host = MailHost.Start();
        var settings = await services.NewDatabaseAsync(engine);
        var (id, address) = await TellAsync(settings);
        await DieAsync(settings with { Mail = host.Settings }, host, moment);
        var left = await MailAsync(settings, id);
        await using var after = await TestService.StartAsync(settings with { Mail = host.Settings });
        var ground = new MailGround(after, host);
        var wasMarked = moment != MailMoment.BeforeItIsMarked;
        Assert.Equal(wasMarked ? MailState.Sending : MailState.Waiting, left.State);
        after.Time.Advance(wasMarked ? Mail.Lease : TimeSpan.Zero); // What waits is being sent already: no clock may jump over its lease.
        var mail = await ground.UntilAsync(id, MailGround.Ends);
        Assert.Equal((MailState.Sent, wasMarked), (mail.State, mail.IsDoubtful));
        Assert.Equal(moment == MailMoment.BeforeItIsNoted ? 2 : 1, host.For(address).Count);
        Assert.Equal([mail.MessageId], host.For(address).Select(message => message.MessageId).Distinct());
    }

    [Fact]
    public async Task Two_nodes_send_each_mail_once()
    {
        await using var host = MailHost.Start();
        var settings = await services.NewDatabaseAsync(Engine.Postgres);
        var ids = await TellManyAsync(settings, 40);
        var other = TestService.NewSettings();
        await using var one = await TestService.StartAsync(settings with { Mail = host.Settings });
        await using var two = await TestService.StartAsync(settings with { Mail = host.Settings, PublicUrl = other.PublicUrl, ManagementUrl = other.ManagementUrl });
        await Task.WhenAll(new[] { one, two, one, two }.Select(node => node.Provider.GetRequiredService<Outbox>().SendDueAsync(CancellationToken.None)));
        await Task.WhenAll(ids.Select(id => new MailGround(one, host).UntilAsync(id, MailGround.Ends)));
        Assert.Equal(40, host.Taken.Count);
        Assert.Equal(40, host.Taken.Select(message => message.MessageId).Distinct().Count());
        Assert.Equal(40, await one.QueryAsync(db => db.Set<Mail>().CountAsync(row => row.State == MailState.Sent && row.Attempts == 1 && !row.IsDoubtful)));
    }

    /// <summary>Tells somebody something on a node without a mail server, so that the mail waits.</summary>
    private static async Task<(Guid Id, string Address)> TellAsync(Platform.ServiceSettings settings)
    {
        await using var service = await TestService.StartAsync(settings);
        await service.ProviderAsync();
        var customer = await service.AddCustomerAsync();
        var address = $"alice@{customer.Domain}";
        var id = await new MailGround(service, null!).TellAsync(customer.Id, new Recipient(null, address, null));
        return (id, address);
    }

    /// <summary>The mail as it was left, seen by a node that does not send.</summary>
    private static async Task<Mail> MailAsync(Platform.ServiceSettings settings, Guid id)
    {
        await using var service = await TestService.StartAsync(settings);
        return await new MailGround(service, null!).MailAsync(id);
    }

    private static async Task<List<Guid>> TellManyAsync(Platform.ServiceSettings settings, int count)
    {
        await using var service = await TestService.StartAsync(settings);
        await service.ProviderAsync();
        var (customer, ids) = (await service.AddCustomerAsync(), new List<Guid>());
        for (var number = 0; number < count; number++)
        {
            ids.Add(await new MailGround(service, null!).TellAsync(customer.Id, new Recipient(null, $"n{number}@{customer.Domain}", null)));
        }

        return ids;
    }

    private static async Task DieAsync(Platform.ServiceSettings settings, MailHost host, MailMoment moment)
    {
        ServerProcess? server = null;
        using var isUp = new ManualResetEventSlim();
        var died = new TaskCompletionSource();
        void Kill()
        {
            if (died.Task.IsCompleted)
            {
                return;
            }

            isUp.Wait(TimeSpan.FromSeconds(90));
            server!.Kill();
            died.SetResult();
        }

        host.OnSignIn = moment == MailMoment.BeforeItIsMarked ? Kill : () => { };
        host.OnRecipient = moment == MailMoment.BeforeItIsTaken ? _ => Kill() : _ => { };
        host.OnMessage = moment == MailMoment.BeforeItIsNoted ? _ => Kill() : _ => { };
        server = await ServerProcess.StartAsync(settings);
        isUp.Set();
        await died.Task.WaitAsync(TimeSpan.FromSeconds(120));
        server.Dispose();
    }
}
