// How many tokens a kernel computes at once, as a type, so that the JIT compiles each kernel once for each width.
namespace Majlis.Cpu.Kernels;

interface IWidth
{
    static abstract int Count { get; }
}

readonly struct One : IWidth
{
    public static int Count => 1;
}

readonly struct Two : IWidth
{
    public static int Count => 2;
}

readonly struct Four : IWidth
{
    public static int Count => 4;
}

readonly struct Eight : IWidth
{
    public static int Count => 8;
}
