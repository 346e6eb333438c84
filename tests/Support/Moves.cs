// Who moves the pointer of a catalogue in tests.
using Majlis.Model.Catalog;

namespace Majlis.tests.Support;

public static class Moves
{
    public static MoveNote Promote { get; } = new("a test", MoveNote.Promote);

    public static MoveNote Rollback { get; } = new("a test", MoveNote.Rollback);
}
