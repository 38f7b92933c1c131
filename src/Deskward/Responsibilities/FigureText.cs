using Deskward.Platform.Portal;

namespace Deskward.Responsibilities;

/// <summary>A figure of a contract with its unit, as people read it.</summary>
internal static class FigureText
{
    internal static string Of(Texts texts, FigureDefinition figure, int value) => figure.Unit == "yes" ? texts[value == 1 ? "contract.yes" : "contract.no"] : texts["contract.unit." + figure.Unit, texts.Number(value)];
}
