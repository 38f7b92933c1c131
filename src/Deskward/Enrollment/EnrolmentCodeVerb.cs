using System.CommandLine;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Enrollment;

/// <summary><c>deskward enrolment-code --user ADDRESS</c>: prints a new code, and nothing else, on standard output.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal static class EnrolmentCodeVerb
{
    internal static Command Create()
    {
        var user = new Option<string>("--user") { Description = "Address of the person who will type the code", HelpName = "ADDRESS", Required = true };
        var uses = new Option<int>("--uses") { Description = "How many PCs may enrol with it", DefaultValueFactory = _ => 1 };
        var hours = new Option<int>("--hours") { Description = "How long it can be used", DefaultValueFactory = _ => 72 };
        var verb = new Command("enrolment-code", "Makes a code with which a person enrols a PC, and prints it.") { user, uses, hours };
        return Verb.WithSettings(verb, async (settings, result, cancellationToken) =>
        {
            await using var services = Verb.Services(settings);
            await using var scope = services.CreateAsyncScope();
            var made = await MakeAsync(scope.ServiceProvider, result.GetValue(user)!, result.GetValue(uses), result.GetValue(hours), cancellationToken);
            if (made.IsRefused)
            {
                return await Verb.RefuseAsync(made.Refusal.Message);
            }

            await Console.Out.WriteLineAsync(made.Value.Code);
            return 0;
        });
    }

    private static async Task<Outcome<NewEnrolmentCode>> MakeAsync(IServiceProvider services, string address, int uses, int hours, CancellationToken cancellationToken)
    {
        var name = address.Trim().ToUpperInvariant();
        var db = services.GetRequiredService<DeskwardContext>();
        if (await TenantLookup.PersonAsync(db, name, cancellationToken) is not { } found)
        {
            return new Refusal(RefusalReason.NotFound, $"There is no person with the address '{address}'.");
        }

        services.GetRequiredService<TenantScope>().Open(found.TenantId);
        var person = await db.Set<Person>().SingleAsync(row => row.Id == found.Id, cancellationToken);
        return await services.GetRequiredService<EnrolmentCodes>().CreateAsync(person, uses, TimeSpan.FromHours(hours), cancellationToken);
    }
}
