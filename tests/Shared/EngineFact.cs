using Xunit.Abstractions;
using Xunit.Sdk;

namespace Triggers.Tests.Shared;

/// <summary>A class whose tests need a PostgreSQL server: skipped visibly where there is none.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsPostgresAttribute : Attribute;

/// <summary>A class whose tests need the Orleans host: skipped visibly in a build without it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsOrleansAttribute : Attribute
{
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

    private static string? WhyNot(ITestMethod method) =>
        (Needs<NeedsOrleansAttribute>(method) ? NeedsOrleansAttribute.WhyNot : null) ?? (Needs<NeedsPostgresAttribute>(method) ? PostgresServer.WhyNot : null);

    private static bool Needs<T>(ITestMethod method) => method.TestClass.Class.GetCustomAttributes(typeof(T)).Any();
}
