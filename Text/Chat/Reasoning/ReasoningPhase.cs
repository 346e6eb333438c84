// Where a text stands with its thinking.
namespace Majlis.Text.Chat.Reasoning;

/// <summary>Nothing is decided; it is inside the thinking; it is behind it, or there was none.</summary>
public enum ReasoningPhase { Before, Thinking, After }
