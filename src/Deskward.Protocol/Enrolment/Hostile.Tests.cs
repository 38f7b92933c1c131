using System.Text;
using Deskward.Protocol.Tests;
using Xunit;
using static Deskward.Protocol.Enrolment.EnrolmentSamples;

namespace Deskward.Protocol.Enrolment;

/// <summary>Bytes from strangers: nothing but <see cref="ProtocolException"/> comes out, and twice the bytes cost about twice the time.</summary>
[Collection(nameof(Measured))]
public sealed class HostileEnrolmentTests
{
    private const int Mutations = 400;

    private static readonly (string Name, byte[] Seed, Func<byte[], object> Read)[] Readers =
    [
        ("Discover", FirstQuestion.Write(), bytes => Discover.Read(bytes)),
        ("DiscoverResponse", new DiscoverResponse { AuthPolicy = AuthPolicy.OnPremise, EnrollmentPolicyServiceUrl = "https://a", EnrollmentServiceUrl = "https://b" }.Write("m"),
            bytes => DiscoverResponse.Read(bytes)),
        ("GetPolicies", new GetPolicies { Header = Header(new UsernameToken("a", "b")) }.Write(), bytes => GetPolicies.Read(bytes)),
        ("GetPoliciesResponse", new GetPoliciesResponse().Write("m"), bytes => GetPoliciesResponse.Read(bytes)),
        ("RST", Issue.Write(), bytes => RequestSecurityToken.Read(bytes)),
        ("RSTR", new RequestSecurityTokenResponse { ProvisioningDocument = [1, 2, 3] }.Write("m", DateTimeOffset.UnixEpoch), bytes => RequestSecurityTokenResponse.Read(bytes)),
        ("Fault", new SoapFault(SoapFaultKind.UserLicense, "No.", "t").Write(EnrolmentStep.Discover, "m"), bytes => SoapFault.Read(bytes)),
        ("Provisioning", Document.Write(), bytes => ProvisioningDocument.Read(bytes)),
        ("Renewal", new RenewalDocument { ProviderId = "P", Certificate = DeviceCertificate, Store = CertificateStore.User }.Write(), bytes => RenewalDocument.Read(bytes)),
        ("CSR", Csr, bytes => Pkcs10Request.Read(bytes)),
    ];

    public static TheoryData<int> All => [.. Enumerable.Range(0, Readers.Length)];

    [Theory]
    [MemberData(nameof(All))]
    public void Mutated_bytes_are_read_or_refused(int reader)
    {
        var random = new Random(reader);
        for (var round = 0; round < Mutations; round++)
        {
            OnlyRefuses(reader, Mutate(Readers[reader].Seed, random));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Truncated_bytes_are_refused(int reader)
    {
        var seed = Readers[reader].Seed;
        for (var length = 0; length < seed.Length; length += 1 + (seed.Length / 200))
        {
            Assert.NotNull(OnlyRefuses(reader, seed[..length]));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_thousand_levels_and_half_a_character_are_refused(int reader)
    {
        var deep = string.Concat(Enumerable.Repeat("<characteristic type=\"a\">", 1000));

        Assert.NotNull(OnlyRefuses(reader, Bytes(deep)));
        Assert.NotNull(OnlyRefuses(reader, [.. Readers[reader].Seed[..^20], 0xE2, 0x82]));
        Assert.NotNull(OnlyRefuses(reader, Bytes("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>")));
    }

    public static TheoryData<string> Shapes => [.. Growing.Keys];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Twice_the_bytes_cost_at_most_two_and_a_half_times(string shape)
    {
        var (reader, make) = Growing[shape];

        Assert.True(Growth.IsLinear(times =>
        {
            var bytes = make(times);
            return () => OnlyRefuses(reader, bytes);
        }));
    }

    private static readonly Dictionary<string, (int Reader, Func<int, byte[]> Make)> Growing = new()
    {
        ["unknown children"] = (0, size => Inside(FirstQuestion.Write(), "<EmailAddress>", Repeat("<x/>", 3_125 * size))),
        ["policies"] = (0, size => Inside(FirstQuestion.Write(), "<AuthPolicy>", Repeat("<AuthPolicy>Federated</AuthPolicy>", 625 * size))),
        ["a long header"] = (0, size => Inside(FirstQuestion.Write(), "<a:Action", Repeat("<a:RelatesTo>m</a:RelatesTo>", 625 * size))),
        ["context items"] = (4, size => Inside(Issue.Write(), "<ac:ContextItem", Repeat("<ac:ContextItem Name=\"MAC\"><ac:Value>a</ac:Value></ac:ContextItem>", 500 * size))),
        ["white space in base64"] = (4, size => Encoding.UTF8.GetBytes(Text(Issue.Write()).Replace(">MII", ">MII" + Repeat("\n", 25_000 * size), StringComparison.Ordinal))),
        ["long paths"] = (7, size => Bytes("<wap-provisioningdoc version=\"1.1\"><characteristic type=\"" + Repeat("a", 9_375 * size) + "\">"
            + Repeat("<characteristic type=\"b\"/>", 125 * size) + "</characteristic></wap-provisioningdoc>")),
        ["many certificates"] = (7, size => Inside(Document.Write(), "<characteristic type=\"WSTEP\">", Repeat("<characteristic type=\"User\"/>", 938 * size))),
        ["parms"] = (7, size => Inside(Document.Write(), "<parm name=\"UPN\"", string.Concat(Enumerable.Range(0, 938 * size).Select(i => $"<parm name=\"p{i}\"/>")))),
    };

    private static ProtocolException? OnlyRefuses(int reader, byte[] bytes)
    {
        try
        {
            Readers[reader].Read(bytes);
            return null;
        }
        catch (ProtocolException refusal)
        {
            return refusal;
        }
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = (byte[])seed.Clone();
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Length > 0; changes--)
        {
            var (from, to) = (random.Next(bytes.Length), random.Next(bytes.Length));
            switch (random.Next(3))
            {
                case 0:
                    bytes[from] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[from] = seed[to % seed.Length];
                    break;
                default:
                    bytes = [.. bytes[..Math.Min(from, to)], .. bytes[Math.Max(from, to)..]];
                    break;
            }
        }
        return bytes;
    }

    private static byte[] Inside(byte[] message, string before, string more)
    {
        var text = Text(message);
        return Bytes(text.Insert(text.IndexOf(before, StringComparison.Ordinal), more));
    }

    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}
