using Deskward.Enrollment;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.RawClient;

/// <summary>What an enrolment test stands on: a customer of its own on a node, with one person, and codes for PCs.</summary>
public sealed class EnrolmentGround : IAsyncDisposable
{
    private EnrolmentGround(TestService service, Organisation customer, Person person) => (Service, Customer, Person, Http) = (service, customer, person, service.Client());

    public TestService Service { get; }

    public Organisation Customer { get; }

    public Person Person { get; }

    public HttpClient Http { get; }

    public Uri EnrolmentUrl => new(Service.PublicUrl, "/EnrollmentServer/Enrollment.svc");

    public Uri PolicyUrl => new(Service.PublicUrl, "/EnrollmentServer/Policy.svc");

    public Uri RenewalUrl => new(Service.ManagementUrl, "/EnrollmentServer/Enrollment.svc");

    public static async Task<EnrolmentGround> OnAsync(Services services, Engine engine) => await OnAsync(await services.SharedAsync(engine));

    public static async Task<EnrolmentGround> OnAsync(TestService service)
    {
        await service.ProviderAsync();
        var customer = await service.AddCustomerAsync();
        return new EnrolmentGround(service, customer, await service.AddPersonAsync(customer, "alice"));
    }

    public async Task<string> NewCodeAsync(int uses = 1, TimeSpan? life = null) => (await MakeCodeAsync(uses, life)).Code;

    public Task<NewEnrolmentCode> MakeCodeAsync(int uses = 1, TimeSpan? life = null) => Service.InScopeAsync(
        async provider =>
        {
            var made = await provider.GetRequiredService<EnrolmentCodes>().CreateAsync(Person, uses, life ?? TimeSpan.FromHours(72), CancellationToken.None);
            return made.IsRefused ? throw new InvalidOperationException(made.Refusal.Message) : made.Value;
        },
        Customer.Id);

    public async Task<RawPc> NewPcAsync(string? deviceId = null) => new(Person.UserName!, await NewCodeAsync(), deviceId);

    /// <summary>A PC that has enrolled.</summary>
    public async Task<RawPc> EnrolledAsync()
    {
        var pc = await NewPcAsync();
        var answer = await pc.EnrolAsync(Http, Service.DiscoveryUrl);
        return answer.Status == 200 ? pc : throw new InvalidOperationException(answer.FaultText());
    }

    public Task<T> QueryAsync<T>(Func<DeskwardContext, Task<T>> query) => Service.QueryAsync(query, Customer.Id);

    /// <summary>How often the customer's rows of this kind meet a condition.</summary>
    public Task<int> CountAsync<T>(System.Linq.Expressions.Expression<Func<T, bool>> condition)
        where T : class => QueryAsync(db => db.Set<T>().CountAsync(condition));

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        return ValueTask.CompletedTask;
    }
}
