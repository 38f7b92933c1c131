using System.Text.Json;
using Deskward.Protocol.SyncMl;
using Deskward.Protocol.Tests;
using Xunit;
using static Deskward.Protocol.Enrolment.EnrolmentSamples;

namespace Deskward.Protocol.Enrolment;

/// <summary>Enrolment messages of documentation and of other clients, where they lie beside the repository.</summary>
public sealed class EnrolmentCaptureTests
{
    private const string Folder = "reference/captures";
    private const string Placeholder = "not base64";
    private const string Broken = "not well-formed";

    /// <summary>No messages: notes, facts and a bare certificate request, which tests of their own read.</summary>
    private static readonly string[] Facts = ["INDEX.md", "captures-README.md", "enrollment-context.json", "fleet-csr.b64", "manifest.json"];

    /// <summary>What the file holds, and the refusal it meets; null when it is read. Placeholders stand where tokens and certificates belong.</summary>
    public static TheoryData<string, string, string?> Messages => new()
    {
        { "discover-onprem-request.xml", "Discover", null },
        { "fleet-mdmtest-discover-request.xml", "Discover", null },
        { "fleet-mdmtest-getpolicies-request.xml", "GetPolicies", null },
        { "fleet-mdmtest-rst-request.xml", "RST", null },
        { "getpolicies-onprem-request.xml", "GetPolicies", null },
        { "learn-cert-discover-request.http", "Discover", null },
        { "learn-cert-discover-request.xml", "Discover", null },
        { "learn-cert-discover-response.http", "DiscoverResponse", null },
        { "learn-cert-discover-response.xml", "DiscoverResponse", null },
        { "learn-cert-getpolicies-request.http", "GetPolicies", Broken },
        { "learn-cert-getpolicies-request.xml", "GetPolicies", Broken },
        { "learn-cert-getpolicies-response.http", "GetPoliciesResponse", null },
        { "learn-cert-getpolicies-response.xml", "GetPoliciesResponse", null },
        { "learn-cert-provisioning.xml", "Provisioning", Placeholder },
        { "learn-cert-rst-request.http", "RST", Broken },
        { "learn-cert-rst-request.xml", "RST", Broken },
        { "learn-cert-rstr-response.http", "RSTR", Placeholder },
        { "learn-cert-rstr-response.xml", "RSTR", Placeholder },
        { "learn-federated-discover-request.xml", "Discover", null },
        { "learn-federated-discover-response.xml", "DiscoverResponse", null },
        { "learn-federated-getpolicies-request.xml", "GetPolicies", null },
        { "learn-federated-getpolicies-response.xml", "GetPoliciesResponse", null },
        { "learn-federated-provisioning.xml", "Provisioning", Broken },
        { "learn-federated-rst-request.xml", "RST", Broken },
        { "learn-federated-rstr-response.xml", "RSTR", Placeholder },
        { "learn-onprem-discover-request.xml", "Discover", Broken },
        { "learn-onprem-discover-response.xml", "DiscoverResponse", null },
        { "learn-onprem-getpolicies-request.xml", "GetPolicies", null },
        { "learn-onprem-getpolicies-response.xml", "GetPoliciesResponse", null },
        { "learn-onprem-provisioning.xml", "Provisioning", Placeholder },
        { "learn-onprem-rst-request.xml", "RST", Placeholder },
        { "learn-onprem-rstr-response.xml", "RSTR", Placeholder },
        { "learn-renewal-provisioning.xml", "Renewal", Placeholder },
        { "learn-renewal-rst-request.xml", "RST", Placeholder },
        { "rst-onprem-request.xml", "RST", Placeholder },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void Every_message_is_read_or_refused_for_the_stated_reason(string file, string kind, string? refusal)
    {
        var body = Body(file);

        var error = Record.Exception(() => Read(kind, body));

        Assert.True(error is null or ProtocolException, error?.ToString());
        Assert.Contains(refusal ?? "", error?.Message ?? "", StringComparison.Ordinal);
        Assert.Equal(refusal is null, error is null);
    }

    [Fact]
    public void No_file_of_the_folder_is_left_out()
    {
        var known = Messages.Select(row => row.Data.Item1).Concat(Facts).Concat(SyncMlCaptureTests.Expected.Keys);

        Assert.Equal(SharedFiles.Names(Folder), known.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("rst-onprem-request.xml", "@CSR@")]
    [InlineData("learn-renewal-rst-request.xml", "BinarySecurityTokenInsertedHere")]
    public void A_request_whose_placeholder_is_filled_is_read(string file, string placeholder)
    {
        var text = Text(Body(file)).Replace(placeholder, Convert.ToBase64String(Csr), StringComparison.Ordinal);
        var request = RequestSecurityToken.Read(Bytes(text));

        Assert.NotNull(request.Fact("DeviceType"));
        Assert.IsType<UsernameToken>(request.Header.Credentials);
    }

    [Theory]
    [InlineData("learn-cert-rstr-response.http")]
    [InlineData("learn-federated-rstr-response.xml")]
    [InlineData("learn-onprem-rstr-response.xml")]
    public void A_response_whose_placeholder_is_filled_is_read(string file)
    {
        var text = Text(Body(file)).Replace("B64EncodedSampleBinarySecurityToken", "AQID", StringComparison.Ordinal);

        Assert.Equal([1, 2, 3], RequestSecurityTokenResponse.Read(Bytes(text)).ProvisioningDocument);
    }

    [Fact]
    public void Without_the_blanks_before_it_the_first_sample_is_read()
    {
        var request = Discover.Read(Bytes(Text(Body("learn-onprem-discover-request.xml")).Trim()));

        Assert.Equal(3.0m, request.RequestVersion);
        Assert.Equal("user@contoso.com", request.EmailAddress);
    }

    [Fact]
    public void A_token_that_is_a_placeholder_is_said_to_be_none() =>
        Assert.IsType<UnreadableCredentials>(GetPolicies.Read(Body("learn-federated-getpolicies-request.xml")).Header.Credentials);

    [Fact]
    public void The_facts_of_a_real_pc_come_through_in_their_order()
    {
        using var file = JsonDocument.Parse(SharedFiles.Bytes($"{Folder}/enrollment-context.json"));
        foreach (var enrolment in file.RootElement.EnumerateArray())
        {
            var context = enrolment.GetProperty("items").EnumerateArray().Select(Item).ToList();
            var read = Assert.IsType<IssueRequest>(RequestSecurityToken.Read((Issue with { Context = context }).Write()));

            Assert.Equal(context, read.Context);
            Assert.Equal(13, read.Facts("MAC").Count());
            Assert.Equal((32, EnrolmentType.Full), (read.DeviceId.Length, read.EnrolmentType));
        }
    }

    // The publisher left out most values and kept their length.
    private static ContextItem Item(JsonElement item)
    {
        var name = item.GetProperty("name").GetString()!;
        var value = item.TryGetProperty("value", out var known) ? known.GetString()! : new string('A', item.GetProperty("characters").GetInt32());
        return new ContextItem(name, name == "EnrollmentType" ? "Full" : value);
    }

    private static object Read(string kind, byte[] body) => kind switch
    {
        "Discover" => Discover.Read(body),
        "DiscoverResponse" => DiscoverResponse.Read(body),
        "GetPolicies" => GetPolicies.Read(body),
        "GetPoliciesResponse" => GetPoliciesResponse.Read(body),
        "RST" => RequestSecurityToken.Read(body),
        "RSTR" => RequestSecurityTokenResponse.Read(body),
        "Provisioning" => ProvisioningDocument.Read(body),
        "Renewal" => RenewalDocument.Read(body),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    // Some samples have no blank line between the headers and the body.
    private static byte[] Body(string file)
    {
        var text = Text(SharedFiles.Bytes($"{Folder}/{file}"));
        return Bytes(file.EndsWith(".http", StringComparison.Ordinal) ? text[text.IndexOf("\n<", StringComparison.Ordinal)..].TrimStart() : text);
    }
}
