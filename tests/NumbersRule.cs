// No room calls a TorchSharp method that creates a number for the native side: such a number may be freed during the call
// (Torch/Numbers.cs). The test reads those methods from TorchSharp's own code, so a newer version is checked anew.
using Mono.Cecil;
using Xunit;

namespace Majlis.tests;

public sealed class NumbersRule
{
    static readonly Lazy<HashSet<string>> unsafeCalls = new(FindUnsafeCalls);

    [Theory]
    [InlineData("Majlis.Torch.dll")]
    [InlineData("Majlis.Trainer.dll")]
    [InlineData("Majlis.tests.dll")]
    public void Numbers_reach_TorchSharp_in_objects_that_somebody_keeps(string assembly)
    {
        var found = from method in Methods(assembly)
                    where method.DeclaringType.Name != "Kernels" // hands over tensors only
                    from call in Calls(method)
                    where MakesNumber(call) || unsafeCalls.Value.Contains(Key(call))
                    select $"{method.DeclaringType.Name}.{method.Name} calls {call.Name}";
        Assert.Empty(found);
    }

    /// <summary>The methods of TorchSharp that create a number, and those that call them.</summary>
    static HashSet<string> FindUnsafeCalls()
    {
        var methods = Methods("TorchSharp.dll")
            .Where(method => method.DeclaringType.Name != "Scalar" && method.Name != "ToScalar").ToList();
        var calls = methods.Select(method => (Caller: Key(method), Called: Calls(method).Select(Key).ToHashSet())).ToList();
        HashSet<string> found =
            [.. methods.Where(method => Calls(method).Any(call => MakesNumber(call) || call.Name == "ToScalar")).Select(Key)];
        while (calls.RemoveAll(method => method.Called.Overlaps(found) && found.Add(method.Caller)) > 0) { }
        return found;
    }

    static bool MakesNumber(MethodReference call) => call.DeclaringType.Name == "Scalar" && call.Name == "op_Implicit";

    static IEnumerable<MethodDefinition> Methods(string assembly) =>
        Nested(ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly)).Types).SelectMany(type => type.Methods)
            .Where(method => method.HasBody);

    static IEnumerable<TypeDefinition> Nested(IEnumerable<TypeDefinition> types) =>
        types.SelectMany(type => Nested(type.NestedTypes).Prepend(type));

    static IEnumerable<MethodReference> Calls(MethodDefinition method) =>
        method.Body.Instructions.Select(instruction => instruction.Operand).OfType<MethodReference>();

    // The full name without the type's arguments: a call has them, a definition does not.
    static string Key(MethodReference method)
    {
        var plain = method.GetElementMethod();
        var parameters = string.Join(',', plain.Parameters.Select(p => p.ParameterType.FullName));
        return $"{plain.DeclaringType.GetElementType().FullName}.{plain.Name}({parameters})";
    }
}
