using CsCheck;
using Deskward.Devices;
using Deskward.Faults;
using Xunit;

namespace Deskward.Groups.Rules;

/// <summary>Random rules over random fleets: what is found column by column, PC by PC, and through the index is what a naive reading of the rule finds.</summary>
public sealed class RulePropertiesTests
{
    private static readonly string[] Words = ["", "a", "A", "ab", "Dell", "dell inc.", "10.0.22631", "x\"y"];

    private static readonly Gen<string?> Value = Gen.OneOf(Gen.OneOf(Words).Select(word => (string?)word), Gen.Const((string?)null));

    private static readonly Gen<PcFacts> Pc = Gen.Select(Value, Value, Value, Value, Gen.Bool).Select((model, maker, build, serial, isEnrolled) => PcFacts.Of(
        new FactsRow(Guid.CreateVersion7(), isEnrolled ? DeviceState.Enrolled : DeviceState.Retiring, "HW", model ?? "n") { Model = model, Manufacturer = maker, OsBuild = build, Serial = serial, HardwareHash = maker }, build));

    /// <summary>What a rule says, and its own meaning written without the language.</summary>
    private static readonly Gen<Naive> Test = Gen.Select(Gen.OneOf("deviceModel", "deviceManufacturer", "deviceOSVersion", "displayName", "enrollmentProfileName"), Gen.Int[0, 9], Gen.OneOf(Words), Gen.OneOf(Words))
        .Select((attribute, which, word, other) => Naive.Test(attribute, which, word, other));

    private static readonly Gen<Naive> Each = Gen.Select(Gen.Bool, Gen.Int[0, 9], Gen.OneOf(Words)).Select(Naive.Many);

    private static readonly Gen<Naive> Rule = Gen.Recursive<Naive>((depth, inner) => depth > 3 ? Gen.OneOf(Test, Each) : Gen.OneOf(
        Test, Each, inner.Select(part => new Naive($"-not ({part.Text})", pc => !part.Holds(pc))),
        Gen.Select(inner, inner).Select((one, other) => new Naive($"({one.Text}) -and ({other.Text})", pc => one.Holds(pc) && other.Holds(pc))),
        Gen.Select(inner, inner).Select((one, other) => new Naive($"({one.Text})\n-or ({other.Text})", pc => one.Holds(pc) || other.Holds(pc)))));

    [Fact]
    public void Every_way_to_answer_a_rule_answers_alike() => Gen.Select(Rule, Pc.Array[0, 70]).Sample((naive, pcs) =>
    {
        var rule = MembershipRule.Read(naive.Text).Value!;
        var expected = Enumerable.Range(0, pcs.Length).Where(at => naive.Holds(pcs[at])).ToList();
        return expected.SequenceEqual(new FleetFacts(pcs).Matching(rule)) && expected.SequenceEqual(Enumerable.Range(0, pcs.Length).Where(at => rule.Holds(pcs[at])));
    }, iter: Effort.Cases(2_000, 100_000));

    [Fact]
    public void What_a_changed_PC_does_is_found_by_the_rules_alone_that_ask_for_what_changed() => Gen.Select(Rule.Array[1, 20], Pc, Pc).Sample((naive, before, after) =>
    {
        var index = new RuleIndex([.. naive.Select(one => new RuledGroup(Guid.CreateVersion7(), MembershipRule.Read(one.Text).Value!))]);
        var changed = Enum.GetValues<PcAttribute>().Where(attribute => PcAttributes.IsMany(attribute) ? !before.PhysicalIds.SequenceEqual(after.PhysicalIds) : before[attribute] != after[attribute])
            .Aggregate(default(AttributeSet), (all, attribute) => all.With(AttributeSet.Of(attribute)));
        var asked = index.AskingFor(changed).Select(group => group.Group).ToHashSet();
        return index.Groups.All(group => asked.Contains(group.Group) || group.Rule.Holds(before) == group.Rule.Holds(after));
    }, iter: Effort.Cases(500, 20_000));

    [Fact]
    public void Any_text_is_a_rule_or_is_told_why_not_within_it() => Gen.Char["()[],\"'`-_$ \n.deviceModeleqanr\u2013{}\\*+0"].Array[0, 60].Select(letters => new string(letters)).Sample(text =>
    {
        var (node, error) = RuleParser.Read(text);
        return node is null == error is not null && (error is null || (error.At.Line <= text.Count(letter => letter == '\n') + 1 && error.At.Column <= text.Length + 2));
    }, iter: Effort.Cases(5_000, 500_000));

    private sealed record Naive(string Text, Func<PcFacts, bool> Holds)
    {
        internal static Naive Test(string attribute, int which, string word, string other)
        {
            var of = PcAttributes.Find(attribute)!.Value;
            var (text, holds) = Compare(which, word, other);
            return new Naive($"device.{attribute} {text}", pc => holds(pc[of]));
        }

        internal static Naive Many(bool all, int which, string word)
        {
            var (text, holds) = Compare(which, word, word);
            return new Naive($"device.devicePhysicalIds {(all ? "-all" : "-any")} (_ {text})", pc => all ? pc.PhysicalIds.All(holds) : pc.PhysicalIds.Any(holds));
        }

        private static (string Text, Func<string?, bool> Holds) Compare(int which, string word, string other)
        {
            const StringComparison Any = StringComparison.OrdinalIgnoreCase;
            var (quoted, second) = ($"\"{word.Replace("\"", "`\"", StringComparison.Ordinal)}\"", $"\"{other.Replace("\"", "`\"", StringComparison.Ordinal)}\"");
            return which switch
            {
                0 => ($"-eq {quoted}", value => word.Equals(value, Any)),
                1 => ($"-ne {quoted}", value => !word.Equals(value, Any)),
                2 => ($"-startsWith {quoted}", value => value?.StartsWith(word, Any) == true),
                3 => ($"-notStartsWith {quoted}", value => value?.StartsWith(word, Any) != true),
                4 => ($"contains {quoted}", value => value?.Contains(word, Any) == true),
                5 => ($"-notContains {quoted}", value => value?.Contains(word, Any) != true),
                6 => ($"-in [{quoted},{second}]", value => word.Equals(value, Any) || other.Equals(value, Any)),
                7 => ($"-notIn [{quoted},{second}]", value => !word.Equals(value, Any) && !other.Equals(value, Any)),
                8 => ("-match \"^[ad].*\"", value => value is not null && "aAdD".Contains(value.FirstOrDefault('z'), StringComparison.Ordinal)),
                _ => ("-eq null", value => value is null),
            };
        }
    }
}
