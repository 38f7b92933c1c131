using Deskward.Platform.Portal;

namespace Deskward.Responsibilities;

/// <summary>A figure of a contract with its unit, as people read it.</summary>
internal static class FigureText
{
    internal static string Of(Texts texts, FigureDefinition figure, int value) => figure.Unit == "yes" ? texts[value == 1 ? "contract.yes" : "contract.no"] : texts["contract.unit." + figure.Unit, texts.Number(value)];

    /// <summary>What it means when a figure that opens the customer to the provider has this value.</summary>
    internal static string Effect(Texts texts, FigureDefinition figure, int value) => texts["contract.effect." + figure.Key + (value == 1 ? ".1" : ".0")];
}
