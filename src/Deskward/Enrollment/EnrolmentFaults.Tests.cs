using Deskward.Platform;
using Deskward.Protocol.Enrolment;
using Xunit;

namespace Deskward.Enrollment;

public sealed class EnrolmentFaultsTests
{
    public static TheoryData<RefusalReason> Reasons => [.. Enum.GetValues<RefusalReason>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Every_refusal_has_a_fault_that_carries_its_message(RefusalReason reason) => Assert.All(
        Enum.GetValues<RefusedOver>(),
        over => Assert.Equal("Because.", EnrolmentFaults.For(EnrolmentReply.Refused(over, new Refusal(reason, "Because.")), "trace").Message));

    [Fact]
    public void Who_must_wait_is_not_told_that_the_code_was_wrong() =>
        Assert.Equal(SoapFaultKind.InMaintenance, EnrolmentFaults.For(EnrolmentReply.Refused(RefusedOver.Credentials, new Refusal(RefusalReason.TooMany, "Wait.")), "trace").Kind);

    [Fact]
    public void A_bug_of_ours_tells_the_trace_id_and_nothing_else() =>
        Assert.Equal((SoapFaultKind.InternalServiceFault, "The service failed. Its log has the details under t-1."), (EnrolmentFaults.Ours("t-1").Kind, EnrolmentFaults.Ours("t-1").Message));
}
