// swift-tools-version: 6.2
import PackageDescription

/// What users import: each is a module of `Sources` with the same name.
let libraries = [
    // Cards, for anybody.
    "Diagnostics", "ISO7816", "ContactInterface", "CardIO", "CardTrace", "CardScript", "CardRelay",
    "GlobalPlatform",
    // Value.
    "ValueProtocol", "ValueElement", "Issuing",
    // Meters, their bench and their line.
    "Metrology", "Meter", "MeterBench", "PowerLine",
    // The utility.
    "HeadEnd",
    // Conformance suites for parts of one's own.
    "CardIOTesting", "ValueElementTesting",
]

let package = Package(
    name: "ValueStore",
    platforms: [.macOS("26.0")],
    products: libraries.map { .library(name: $0, targets: [$0]) } + [
        // For Tools/fuzz, which is a package of its own.
        .library(name: "FuzzSubjects", targets: ["FuzzSubjects"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // Cards, for anybody.
        .systemLibrary(name: "CPCSC", pkgConfig: "libpcsclite", providers: [.apt(["libpcsclite-dev"])]),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .target(name: "Diagnostics"),
        .target(name: "ISO7816", dependencies: ["Diagnostics"]),
        .target(name: "ContactInterface", dependencies: ["Diagnostics", "ISO7816"]),
        .target(
            name: "CardIO", dependencies: ["CPCSC", "ISO7816"],
            linkerSettings: [
                .linkedLibrary("pcsclite", .when(platforms: [.linux])),
                .linkedFramework("PCSC", .when(platforms: [.macOS])),
            ]),
        .target(
            name: "CardTrace", dependencies: ["Diagnostics", "ISO7816"],
            // A link to APDU/dictionary: its files become part of the program.
            exclude: ["Names/README.md"], resources: [.embedInCode("Names")]),
        .target(name: "CardScript", dependencies: ["CardTrace", "Diagnostics", "ISO7816"]),
        .target(
            name: "CardRelay",
            dependencies: [
                "COpenSSL", "CardIO", "Diagnostics", "ISO7816", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        .target(name: "GlobalPlatform", dependencies: ["COpenSSL", "Diagnostics", "ISO7816"]),
        // Value.
        .target(name: "ValueProtocol", dependencies: ["COpenSSL", "Diagnostics", "ISO7816"]),
        .target(name: "ValueElement", dependencies: ["Diagnostics", "ISO7816", "ValueProtocol"]),
        .target(name: "Issuing", dependencies: ["CardIO", "Diagnostics", "ISO7816", "ValueProtocol"]),
        // Meters, their bench and their line.
        .target(name: "Metrology"),
        .target(name: "Meter", dependencies: ["Diagnostics", "ISO7816", "Metrology", "ValueElement", "ValueProtocol"]),
        // A household's year, embedded by the C compiler.
        .target(name: "CLoadProfiles", exclude: ["Profiles"]),
        .target(
            name: "MeterBench", dependencies: ["CLoadProfiles", "Diagnostics", "Meter", "Metrology", "ValueProtocol"]),
        .target(name: "PowerLine", dependencies: ["Diagnostics", "ISO7816", "ValueProtocol"]),
        // The utility.
        .target(
            name: "HeadEnd",
            dependencies: [
                "COpenSSL", "Diagnostics", "ISO7816", "ValueProtocol", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        // Conformance suites for parts of one's own.
        .target(name: "CardIOTesting", dependencies: ["ISO7816"]),
        .target(name: "ValueElementTesting", dependencies: ["ValueElement"]),
        // The program.
        .target(
            name: "Demonstration",
            dependencies: [
                "CardIO", "CardTrace", "HeadEnd", "ISO7816", "Issuing", "Meter", "ValueElement", "ValueProtocol",
            ],
            path: "Tools/Demonstration"),
        .executableTarget(
            name: "vstore",
            dependencies: [
                "CardIO", "CardRelay", "CardScript", "CardTrace", "ContactInterface", "Demonstration", "GlobalPlatform",
                "HeadEnd", "ISO7816", "Issuing", "Meter", "MeterBench", "Metrology", "PowerLine", "ValueElement",
                "ValueProtocol", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tools/vstore"),
        // What tests stand on.
        .target(name: "TestSupport", dependencies: ["ISO7816"], path: "Tests/TestSupport"),
        // Host and meter as processes that a test can kill.
        .executableTarget(
            name: "LineTestPeer",
            dependencies: [
                "HeadEnd", "Meter", "MeterBench", "Metrology", "PowerLine", "ValueElement", "ValueProtocol",
            ],
            path: "Tests/LineTestPeer"),
        .target(
            name: "FuzzSubjects",
            dependencies: [
                "CardIO", "CardScript", "CardTrace", "ContactInterface", "GlobalPlatform", "ISO7816", "ValueElement",
                "ValueProtocol",
            ],
            path: "Tools/fuzz/Sources/FuzzSubjects"),
        // A folder of tests per module.
        .testTarget(name: "ISO7816Tests", dependencies: ["ISO7816", "TestSupport"]),
        .testTarget(
            name: "ContactInterfaceTests",
            dependencies: ["CardIOTesting", "CardTrace", "ContactInterface", "ISO7816", "TestSupport"]),
        .testTarget(name: "CardIOTests", dependencies: ["CardIO", "CardIOTesting", "ISO7816", "TestSupport"]),
        .testTarget(name: "CardTraceTests", dependencies: ["CardIOTesting", "CardTrace", "ISO7816", "TestSupport"]),
        .testTarget(name: "CardScriptTests", dependencies: ["CardScript", "CardTrace", "ISO7816", "TestSupport"]),
        .testTarget(
            name: "CardRelayTests", dependencies: ["CardIO", "CardRelay", "ISO7816"]),
        .testTarget(name: "GlobalPlatformTests", dependencies: ["CardTrace", "GlobalPlatform", "ISO7816"]),
        .testTarget(name: "ValueProtocolTests", dependencies: ["ValueProtocol"]),
        .testTarget(
            name: "ValueElementTests",
            dependencies: ["ContactInterface", "ISO7816", "ValueElement", "ValueElementTesting", "ValueProtocol"]),
        .testTarget(
            name: "IssuingTests", dependencies: ["CardIO", "ISO7816", "Issuing", "ValueElement", "ValueProtocol"]),
        .testTarget(name: "MetrologyTests", dependencies: ["MeterBench", "Metrology"]),
        .testTarget(
            name: "MeterTests",
            dependencies: [
                "ContactInterface", "ISO7816", "Meter", "MeterBench", "Metrology", "ValueElement", "ValueProtocol",
            ],
            exclude: ["Cases"]),
        .testTarget(name: "MeterBenchTests", dependencies: ["MeterBench", "Metrology"]),
        .testTarget(name: "PowerLineTests", dependencies: ["CardIO", "ISO7816", "PowerLine", "ValueProtocol"]),
        .testTarget(
            name: "HeadEndTests",
            dependencies: [
                "CardIOTesting", "HeadEnd", "ISO7816", "Issuing", "Meter", "Metrology", "ValueElement", "ValueProtocol",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        // Tests of the whole.
        .testTarget(name: "DemonstrationTests", dependencies: ["CardTrace", "Demonstration"]),
        .testTarget(
            name: "SecrecyTests",
            dependencies: [
                "CardIO", "CardScript", "CardTrace", "Demonstration", "GlobalPlatform", "HeadEnd", "ISO7816", "Issuing",
                "ValueElement", "ValueProtocol",
            ]),
        .testTarget(
            name: "InvariantTests",
            dependencies: ["HeadEnd", "ISO7816", "Issuing", "Meter", "MeterBench", "ValueElement", "ValueProtocol"]),
        .testTarget(
            name: "LineProcessTests",
            dependencies: ["HeadEnd", "LineTestPeer", "PowerLine", "TestSupport", "ValueProtocol"]),
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "TestSupport", "CardIO", "CardScript", "CardTrace", "ContactInterface", "GlobalPlatform", "HeadEnd",
                "ISO7816",
                "Issuing", "Meter", "MeterBench", "Metrology", "ValueElement", "ValueElementTesting", "ValueProtocol",
                "vstore",
            ]),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzSubjects", "ValueProtocol"]),
        .testTarget(
            name: "VStoreTests",
            dependencies: [
                "CardIO", "CardScript", "CardTrace", "Diagnostics", "ISO7816", "Issuing", "LineTestPeer", "MeterBench",
                "PowerLine", "TestSupport", "ValueProtocol", "vstore",
            ],
            exclude: ["Snapshots"]),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "CardIO", "CardIOTesting", "CardRelay", "CardScript", "CardTrace", "ContactInterface", "Demonstration",
                "HeadEnd", "ISO7816", "Issuing", "Meter", "Metrology", "PowerLine", "TestSupport", "ValueElement",
                "ValueProtocol", "vstore",
            ],
            path: "Tests/Integration"),
    ]
)

for target in package.targets where target.type != .system {
    var settings = target.swiftSettings ?? []
    settings += [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .enableExperimentalFeature("Lifetimes"),
    ]
    if target.type == .regular {
        settings += [.strictMemorySafety(), .treatAllWarnings(as: .error)]
    }
    target.swiftSettings = settings
}
