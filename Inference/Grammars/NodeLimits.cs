// What a grammar and the states of its parser may take: parts, work, memory. Knows no expression.
namespace Majlis.Inference.Grammars;

/// <summary>A size counts expressions and, of several at once, their parts. Not thread-safe but for <see cref="MemoryBytes"/>.</summary>
sealed class NodeLimits
{
    /// <summary>The size from which on a grammar is refused.</summary>
    const int MostSize = 1 << 18;

    /// <summary>The size of the states that are kept for the next token; beyond it they are found anew.</summary>
    const int MostStates = 1 << 16;

    /// <summary>The size of the states that one token may add to them.</summary>
    const int MostNewStates = 1 << 18;

    /// <summary>The memory of what follows states that is kept for the next token, in bytes; beyond it, too, they are found anew.</summary>
    const long MostFollowerBytes = 1 << 26;

    /// <summary>Parts that are looked at to compile a grammar.</summary>
    const int MostCompilation = 1 << 24;

    /// <summary>Parts that are looked at to find which tokens may come next.</summary>
    const int MostWork = 1 << 21;

    const int MostAlternatives = 1 << 13;

    // About what an expression takes with its places in sets and lists.
    const int NodeBytes = 176;

    int size, keptSize;
    int most = MostSize;
    int work = MostCompilation;
    long followerBytes;

    /// <summary>The memory that the expressions take, about. Any thread may ask: a number that is a little old does no harm.</summary>
    public long MemoryBytes => (long)Volatile.Read(ref size) * NodeBytes + Volatile.Read(ref followerBytes);

    /// <exception cref="GrammarException">There are too many ways to read one text.</exception>
    public static void CheckAlternatives(int count)
    {
        if (count > MostAlternatives)
            throw new GrammarException($"The grammar is too ambiguous: more than {MostAlternatives} ways to read one text.");
    }

    /// <summary>Parts looked at since <see cref="BeginWork"/>.</summary>
    public int Worked => MostWork - work;

    /// <summary>One part is looked at.</summary>
    /// <exception cref="GrammarException">That is too much work.</exception>
    public void Look()
    {
        if (--work < 0) throw new GrammarException("The grammar is too ambiguous: finding what may come next takes too many steps.");
    }

    /// <exception cref="GrammarException">The grammar, or what one token adds to its states, is too large.</exception>
    public void Add(int parts)
    {
        if ((size += parts) > most) throw new GrammarException($"The grammar is too large: more than {most} parts.");
    }

    /// <summary>A state remembers what follows so many more classes of bytes.</summary>
    public void AddFollowers(int classes) => followerBytes += sizeof(long) * classes;

    /// <summary>What there is now is kept for good; states have a limit of their own.</summary>
    public void Keep()
    {
        keptSize = size;
        most = size + MostStates + MostNewStates;
    }

    /// <summary>Work is counted anew. False where states are to be forgotten: then only what is kept counts on.</summary>
    public bool BeginWork()
    {
        work = MostWork;
        if (size < keptSize + MostStates && followerBytes < MostFollowerBytes) return true;
        (size, followerBytes) = (keptSize, 0);
        return false;
    }
}
