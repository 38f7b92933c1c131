using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Deskward.Browser;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Deskward.RawClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Enrollment;

/// <summary>Enrolment through the sign-in page (Federated), with the bytes that Windows sends.</summary>
public sealed partial class EnrolmentBySignInTests(Services services)
{
    private const string Windows = "ms-app://s-1-15-2-1234-5678/";
    private const string UserToken = "http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentUserToken";
    private static readonly string Page = $"/enrol?appru={Uri.EscapeDataString(Windows)}&login_hint=alice";

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_PC_enrols_with_the_token_that_the_sign_in_page_hands_to_Windows(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        await ChooseAsync(ground);
        var discovered = await RawPc.PostAsync(ground.Http, ground.Service.DiscoveryUrl, RawMessages.Discover(ground.Person.UserName!, ground.Service.DiscoveryUrl));
        Assert.Equal(("Federated", new Uri(ground.Service.PublicUrl, "/enrol").AbsoluteUri), (discovered.Text("AuthPolicy"), discovered.Text("AuthenticationServiceUrl")));
        var token = await TokenAsync(ground);
        using var pc = new RawPc("", "");
        Assert.Equal(200, (await RawPc.PostAsync(ground.Http, ground.PolicyUrl, WithToken(RawMessages.GetPolicies("", "", ground.PolicyUrl), token))).Status);
        var answer = await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, WithToken(pc.IssueMessage(ground.EnrolmentUrl), token));
        pc.Keep(answer);
        Assert.NotNull(pc.Certificate);
        Assert.Equal(ground.Person.UserName, await ground.QueryAsync(db => db.Set<Device>().Where(row => row.HardwareId == pc.DeviceId).Select(row => row.UserAddress).SingleAsync()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_token_enrols_one_PC_and_repeats_its_answer_to_that_one(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        var token = await TokenAsync(ground);
        using RawPc one = new("", ""), other = new("", "");
        var message = WithToken(one.IssueMessage(ground.EnrolmentUrl), token);
        var first = await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, message);
        var again = await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, message);
        Assert.Equal((200, 200), (first.Status, again.Status));
        Assert.Equal(first.IssuedCertificate(), again.IssuedCertificate());
        Assert.Equal(500, (await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, WithToken(other.IssueMessage(ground.EnrolmentUrl), token))).Status);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_no_token_of_ours_enrols_nothing(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        var token = await TokenAsync(ground);
        var other = await ground.Service.AddPersonAsync(ground.Customer, "bob");
        using var pc = new RawPc("", "");
        foreach (var (text, type) in new[]
        {
            (token, "urn:ietf:params:oauth:token-type:jwt"), (token[..^1] + (token[^1] == '2' ? '3' : '2'), UserToken), (other.Id.ToString("n") + token[32..], UserToken), ("x", UserToken), (new string('x', 9000), UserToken),
        })
        {
            Assert.Equal(500, (await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, WithToken(pc.IssueMessage(ground.EnrolmentUrl), text, type))).Status);
        }

        Assert.Equal(0, await ground.CountAsync<Device>(row => row.HardwareId == pc.DeviceId));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_token_lives_for_minutes_and_not_after_its_person_was_disabled(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        var (old, late) = (await TokenAsync(ground), await TokenAsync(ground));
        await ground.QueryAsync(db => db.Set<EnrolmentCode>().OrderBy(row => row.CreatedAt).Take(1).ExecuteUpdateAsync(set => set.SetProperty(row => row.ExpiresAt, DateTimeOffset.UnixEpoch)));
        Assert.InRange((await ground.QueryAsync(db => db.Set<EnrolmentCode>().MaxAsync(row => row.ExpiresAt))) - ground.Service.Time.GetUtcNow(), TimeSpan.Zero, SignInToken.Life);
        Assert.Equal(500, (await RawPc.PostAsync(ground.Http, ground.PolicyUrl, WithToken(RawMessages.GetPolicies("", "", ground.PolicyUrl), old))).Status);
        Assert.Equal(200, (await RawPc.PostAsync(ground.Http, ground.PolicyUrl, WithToken(RawMessages.GetPolicies("", "", ground.PolicyUrl), late))).Status);
        await ground.QueryAsync(db => db.Set<Identity.Person>().Where(row => row.Id == ground.Person.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.IsEnabled, false)));
        Assert.Equal(500, (await RawPc.PostAsync(ground.Http, ground.PolicyUrl, WithToken(RawMessages.GetPolicies("", "", ground.PolicyUrl), late))).Status);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("ms-app-evil://x")]
    [InlineData("")]
    public async Task The_token_goes_to_Windows_alone(string elsewhere)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        using var visitor = await SignedInAsync(ground);
        var page = $"/enrol?appru={Uri.EscapeDataString(elsewhere)}";
        Assert.Contains("not by the sign-in window of Windows", await visitor.TextAsync(page), StringComparison.Ordinal);
        using var answer = await visitor.PostAsync(page, "enrol", false);
        Assert.DoesNotContain("wresult", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, await ground.CountAsync<EnrolmentCode>(_ => true));
    }

    [Fact]
    public async Task Looking_at_the_page_makes_no_token_and_a_form_from_elsewhere_neither()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        using PortalVisitor visitor = await SignedInAsync(ground), stranger = new(ground.Service);
        Assert.DoesNotContain("wresult", await visitor.MarkupAsync(Page), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.PostAsync(Page, "enrol", true)).StatusCode);
        Assert.Equal("/sign-in", (await stranger.GetAsync(Page)).Headers.Location?.AbsolutePath);
        Assert.Equal(0, await ground.CountAsync<EnrolmentCode>(_ => true));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Without_the_choice_or_the_offer_a_code_is_asked_for(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        var message = RawMessages.Discover(ground.Person.UserName!, ground.Service.DiscoveryUrl);
        Assert.Equal("OnPremise", (await RawPc.PostAsync(ground.Http, ground.Service.DiscoveryUrl, message)).Text("AuthPolicy"));
        await ChooseAsync(ground);
        var without = message.Replace("<AuthPolicy>Federated</AuthPolicy>", "", StringComparison.Ordinal);
        Assert.Equal("OnPremise", (await RawPc.PostAsync(ground.Http, ground.Service.DiscoveryUrl, without)).Text("AuthPolicy"));
        var nobody = message.Replace(ground.Person.UserName!, "nobody@" + ground.Customer.Domain, StringComparison.Ordinal);
        Assert.Equal("Federated", (await RawPc.PostAsync(ground.Http, ground.Service.DiscoveryUrl, nobody)).Text("AuthPolicy"));
    }

    [Fact]
    public async Task The_choice_is_made_on_the_page_of_codes()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        var administrator = await ground.Service.AddPersonAsync(ground.Customer, "ines", Role.ItAdministrator);
        using var visitor = new PortalVisitor(ground.Service);
        await visitor.SignInAsync(administrator.UserName!);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.PostAsync("/enrolment-codes", "choose", false, ("by-sign-in", "true"))).StatusCode);
        Assert.Equal(1, await ground.CountAsync<EnrolmentChoice>(row => row.IsBySignIn));
    }

    private static async Task<PortalVisitor> SignedInAsync(EnrolmentGround ground)
    {
        var visitor = new PortalVisitor(ground.Service);
        await visitor.SignInAsync(ground.Person.UserName!);
        return visitor;
    }

    /// <summary>What the page posts to Windows after somebody signed in.</summary>
    private static async Task<string> TokenAsync(EnrolmentGround ground)
    {
        using var visitor = await SignedInAsync(ground);
        using var answer = await visitor.PostAsync(Page, "enrol", false);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains($"action=\"{Windows}\"", html, StringComparison.Ordinal);
        Assert.Contains("form-action 'self' ms-app:;", string.Join(' ', answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        return Result().Match(html).Groups[1].Value;
    }

    private static Task<int> ChooseAsync(EnrolmentGround ground) => ground.Service.InScopeAsync(async provider =>
    {
        await provider.GetRequiredService<EnrolmentChoices>().ChooseAsync(ground.Customer.Id, ground.Customer.Name, true, CancellationToken.None);
        return 0;
    }, ground.Customer.Id);

    /// <summary>The message with the token in place of name and password, as the client encodes it.</summary>
    private static string WithToken(string message, string token, string type = UserToken) => Name().Replace(message,
        $"<wsse:BinarySecurityToken ValueType=\"{type}\" EncodingType=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd#base64binary\">{Convert.ToBase64String(Encoding.UTF8.GetBytes(token))}</wsse:BinarySecurityToken>");

    [GeneratedRegex("name=\"wresult\" value=\"([^\"]+)\"")]
    private static partial Regex Result();

    [GeneratedRegex("<wsse:UsernameToken.*?</wsse:UsernameToken>", RegexOptions.Singleline)]
    private static partial Regex Name();
}
