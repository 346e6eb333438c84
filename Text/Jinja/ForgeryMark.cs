// A mark inside text that comes from outside. The prompt's encoder forms no control token across it and drops it before
// tokenisation. The engine prints it unchanged, also where Python would escape it.
namespace Majlis.Text.Jinja;

static class ForgeryMark
{
    /// <summary>A Unicode noncharacter, so never part of real text.</summary>
    public const char Character = '\uFDD0';
}
