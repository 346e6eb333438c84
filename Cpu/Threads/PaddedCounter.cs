// A number on cache lines of its own, so that members who change one do not slow those who read another.
using System.Runtime.InteropServices;

namespace Majlis.Cpu.Threads;

[StructLayout(LayoutKind.Explicit, Size = 256)]
struct PaddedNumber
{
    [FieldOffset(128)] public int Value;
}

sealed class PaddedCounter
{
    PaddedNumber number;

    public ref int Value => ref number.Value;
}
