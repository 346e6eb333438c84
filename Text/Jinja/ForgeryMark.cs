// A mark inside text that comes from outside: the prompt's encoder lets no control token reach across it and drops it before
// tokenisation. The engine prints it as it is, also where Python would escape it.
namespace Majlis.Text.Jinja;

static class ForgeryMark
{
    /// <summary>A Unicode noncharacter, so never part of real text.</summary>
    public const char Character = '\uFDD0';
}
