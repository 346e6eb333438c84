// What becomes certain of a call while a model writes it. Data only.
namespace Majlis.Text.Chat.ToolCalls;

/// <summary>A part of one call. Its first piece has the name and no arguments, all others only further text of the arguments.</summary>
/// <param name="Index">The call's place in the answer, from 0.</param>
/// <param name="Name">One of the offered tools; null but in the first piece.</param>
/// <param name="Arguments">JSON text of an object, when all pieces are joined and the call is whole.</param>
public readonly record struct CallPiece(int Index, string? Name, string Arguments);
