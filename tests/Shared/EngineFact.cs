using Xunit.Abstractions;
using Xunit.Sdk;

namespace Triggers.Tests.Shared;

/// <summary>A class whose tests need what is not on every machine: skipped visibly where it is not.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class NeedsAttribute : Attribute
{
    /// <summary>Why they are skipped; null: they are not.</summary>
    public abstract string? Reason { get; }
}

/// <summary>A class whose tests need a PostgreSQL server.</summary>
public sealed class NeedsPostgresAttribute : NeedsAttribute
{
    public override string? Reason => PostgresServer.WhyNot;
}

/// <summary>A class whose tests need the Orleans host.</summary>
public sealed class NeedsOrleansAttribute : NeedsAttribute
{
    public override string? Reason => WhyNot;

    /// <summary>null: this build has it.</summary>
    public static string? WhyNot =>
#if WITH_ORLEANS
        null;
#else
        "this build has no Orleans: its packages could not be restored";
#endif
}

/// <summary>A test that classes inherit, some of which need what is not on every machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Triggers.Tests.Shared.EngineFactDiscoverer", ThisAssembly.Name)]
public sealed class EngineFactAttribute : FactAttribute;

/// <summary>The same with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Triggers.Tests.Shared.EngineTheoryDiscoverer", ThisAssembly.Name)]
public sealed class EngineTheoryAttribute : TheoryAttribute;

public sealed class EngineFactDiscoverer(IMessageSink sink) : FactDiscoverer(sink)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
        => SkippedTestCase.IsSkipped(testMethod) ? new SkippedTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod) : base.CreateTestCase(discoveryOptions, testMethod, factAttribute);
}

public sealed class EngineTheoryDiscoverer(IMessageSink sink) : TheoryDiscoverer(sink)
{
    public override IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute)
        => SkippedTestCase.IsSkipped(testMethod) ? [new SkippedTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)] : base.Discover(discoveryOptions, testMethod, theoryAttribute);
}

/// <summary>A test of a class that cannot run here.</summary>
public sealed class SkippedTestCase : XunitTestCase
{
    [Obsolete("Called by the de-serializer.", error: true)]
    public SkippedTestCase()
    {
    }

    public SkippedTestCase(IMessageSink sink, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(sink, display, options, method)
    {
    }

    public static bool IsSkipped(ITestMethod method) => WhyNot(method) is not null;

    protected override string GetSkipReason(IAttributeInfo factAttribute) => WhyNot(TestMethod) ?? base.GetSkipReason(factAttribute);

    /// <summary>The first reason that one of the class's attributes gives.</summary>
    private static string? WhyNot(ITestMethod method) => method.TestClass.Class.GetCustomAttributes(typeof(NeedsAttribute)).OfType<ReflectionAttributeInfo>()
        .Select(need => ((NeedsAttribute)need.Attribute).Reason).FirstOrDefault(reason => reason is not null);
}
