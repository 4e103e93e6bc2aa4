// swift-tools-version: 6.2
import PackageDescription

/// What users import: each is a module of `Sources` with the same name.
let libraries = [
    // Cards, for anybody.
    "Diagnostics", "CardCrypto", "DurableFiles", "ISO7816", "ContactInterface", "CardIO", "CardTrace", "CardScript",
    "NetworkIdentity", "CardRelay",
    "GlobalPlatform",
    // Value.
    "ValueProtocol", "SupplyRulesText", "ValueElement", "Issuing",
    // Meters, their bench and their line.
    "Metrology", "Meter", "MeterBench", "PowerLine", "Grid", "GridTrunk", "Telemetry",
    // The utility.
    "Ledger", "Records", "RecordsSQLite", "RecordsPostgreSQL", "HeadEnd", "Analysis",
    // Conformance suites for parts of one's own.
    "CardIOTesting", "LineTesting", "RecordsTesting", "ValueElementTesting",
    // The whole network in virtual time.
    "GridSimulation",
]

let package = Package(
    name: "ValueStore",
    platforms: [.macOS("26.0")],
    products: libraries.map { .library(name: $0, targets: [$0]) },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0", traits: []),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2", exact: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", exact: "2.9.2"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", exact: "2.4.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", exact: "1.5.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
    ],
    targets: [
        // Cards, for anybody.
        .systemLibrary(name: "CPCSC", pkgConfig: "libpcsclite", providers: [.apt(["libpcsclite-dev"])]),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(name: "CPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .target(name: "Diagnostics"),
        .target(
            name: "DurableFiles",
            dependencies: ["Diagnostics", .product(name: "SystemPackage", package: "swift-system")]),
        .target(name: "CardCrypto", dependencies: ["COpenSSL", "Diagnostics"]),
        .target(name: "ISO7816", dependencies: ["CardCrypto", "Diagnostics"]),
        .target(name: "ContactInterface", dependencies: ["CardCrypto", "Diagnostics", "ISO7816"]),
        // The frames of vsmartcard's virtual reader, for CardIO; apart, so that they are fuzzed without libpcsclite.
        .target(name: "VPCD"),
        .target(
            name: "CardIO",
            dependencies: [
                "CPCSC", "DurableFiles", "ISO7816", "VPCD", .product(name: "SystemPackage", package: "swift-system"),
            ],
            linkerSettings: [
                .linkedLibrary("pcsclite", .when(platforms: [.linux])),
                .linkedFramework("PCSC", .when(platforms: [.macOS])),
            ]),
        .target(
            name: "CardTrace",
            dependencies: [
                "Diagnostics", "DurableFiles", "ISO7816", .product(name: "SystemPackage", package: "swift-system"),
            ],
            // A link to APDU/dictionary: its files become part of the program.
            exclude: ["Names/README.md"], resources: [.embedInCode("Names")]),
        .target(name: "CardScript", dependencies: ["CardTrace", "Diagnostics", "DurableFiles", "ISO7816"]),
        // Certificates of machines: of an authority, of relays, hosts and units.
        .target(
            name: "NetworkIdentity",
            dependencies: [
                "Diagnostics", "DurableFiles", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "X509", package: "swift-certificates"),
            ]),
        .target(
            name: "CardRelay",
            dependencies: [
                "CardIO", "Diagnostics", "DurableFiles", "ISO7816", "NetworkIdentity",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(name: "GlobalPlatform", dependencies: ["CardCrypto", "Diagnostics", "ISO7816"]),
        // Value.
        .target(name: "ValueProtocol", dependencies: ["CardCrypto", "Diagnostics", "ISO7816"]),
        // Rules as files that people write; apart, since it parses YAML.
        .target(
            name: "SupplyRulesText",
            dependencies: ["Diagnostics", "ValueProtocol", .product(name: "Yams", package: "Yams")]),
        .target(
            name: "ValueElement",
            dependencies: [
                "CardCrypto", "Diagnostics", "DurableFiles", "ISO7816", "ValueProtocol",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(
            name: "Issuing",
            dependencies: [
                "CardCrypto", "Diagnostics", "DurableFiles", "ISO7816", "ValueProtocol",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        // Meters, their bench and their line.
        .target(name: "Metrology"),
        .target(
            name: "Meter",
            dependencies: ["CardCrypto", "Diagnostics", "ISO7816", "Metrology", "ValueElement", "ValueProtocol"]),
        // A household's year, embedded by the C compiler.
        .target(name: "CLoadProfiles", exclude: ["Profiles"]),
        .target(
            name: "MeterBench",
            dependencies: [
                "CLoadProfiles", "CardCrypto", "ContactInterface", "Diagnostics", "DurableFiles", "ISO7816", "Meter",
                "Metrology", "ValueElement", "ValueProtocol", .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(
            name: "PowerLine",
            dependencies: [
                "Diagnostics", "DurableFiles", "ISO7816", "ValueProtocol",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        // Local and area units: engines of a line with many meters, and of what joins them with a host.
        .target(
            name: "Grid",
            dependencies: [
                "Diagnostics", "DurableFiles", "ISO7816", "PowerLine", "ValueProtocol",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        // The trunk over gRPC; apart, since it takes minutes to build.
        .target(
            name: "GridTrunk",
            dependencies: [
                "Diagnostics", "Grid", "NetworkIdentity", "ValueProtocol",
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
                .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
                .product(name: "NIOCertificateReloading", package: "swift-nio-extras"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            exclude: ["trunk.proto"]),
        // What programs that run for long show of themselves.
        .target(
            name: "Telemetry",
            dependencies: [
                "Diagnostics", .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        // The utility.
        .target(name: "Ledger", dependencies: ["Diagnostics", "ValueProtocol"]),
        .target(
            name: "Records",
            dependencies: ["CardCrypto", "Diagnostics", "DurableFiles", "Issuing", "Ledger", "ValueProtocol"]),
        .target(
            name: "RecordsSQLite",
            dependencies: [
                "CardCrypto", "DurableFiles", "Records", "ValueProtocol",
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(name: "RecordsPostgreSQL", dependencies: ["CPQ", "CardCrypto", "Records", "ValueProtocol"]),
        .target(
            name: "HeadEnd",
            dependencies: [
                "CardCrypto", "Diagnostics", "DurableFiles", "Grid", "ISO7816", "Issuing", "Ledger", "PowerLine",
                "Records", "ValueProtocol", .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(name: "Analysis", dependencies: ["HeadEnd", "Meter", "Records", "ValueProtocol"]),
        // Conformance suites for parts of one's own.
        .target(name: "CardIOTesting", dependencies: ["ISO7816"]),
        .target(name: "LineTesting", dependencies: ["PowerLine"]),
        .target(name: "GridSimulation", dependencies: ["Grid", "LineTesting", "PowerLine", "ValueProtocol"]),
        .target(
            name: "RecordsTesting", dependencies: ["CardCrypto", "Issuing", "Ledger", "Records", "ValueProtocol"]),
        .target(name: "ValueElementTesting", dependencies: ["ValueElement"]),
        // The program.
        .target(
            name: "Demonstration",
            dependencies: [
                "CardCrypto", "CardIO", "CardTrace", "HeadEnd", "ISO7816", "Issuing", "Meter", "Records",
                "RecordsSQLite", "ValueElement", "ValueProtocol",
            ],
            path: "Tools/Demonstration"),
        .executableTarget(
            name: "vstore",
            dependencies: [
                "Analysis", "CardCrypto", "CardIO", "CardRelay", "CardScript", "CardTrace", "ContactInterface",
                "Demonstration", "DurableFiles", "GlobalPlatform", "Grid", "Grid", "GridTrunk", "HeadEnd", "ISO7816",
                "Issuing", "Ledger",
                "Meter",
                "MeterBench", "Metrology", "NetworkIdentity", "PowerLine", "Records", "RecordsPostgreSQL",
                "RecordsSQLite", "SupplyRulesText", "Telemetry", "ValueElement", "ValueProtocol",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"), .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Tools/vstore"),
        // What tests stand on.
        .target(name: "TestSupport", dependencies: ["ISO7816"], path: "Tests/TestSupport"),
        // Programs as processes: run to their end, or beside the test.
        .target(name: "TestPrograms", path: "Tests/TestPrograms", exclude: ["FileFaults"]),
        // Cards, meters and hosts' processes, each with a power that a test can cut.
        .target(
            name: "TestWorlds",
            dependencies: [
                "CardCrypto", "ISO7816", "Issuing", "Meter", "Metrology", "RecordsSQLite", "TestSupport",
                "ValueElement", "ValueProtocol",
            ],
            path: "Tests/TestWorlds"),
        // Random lives of a utility, for each store of records.
        .target(
            name: "UtilityLives",
            dependencies: [
                "CardCrypto", "CardIOTesting", "HeadEnd", "ISO7816", "Issuing", "Ledger", "Meter", "Metrology",
                "Records", "RecordsSQLite", "TestSupport", "TestWorlds", "ValueElement", "ValueProtocol",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Tests/UtilityLives"),
        .executableTarget(
            name: "LifeCampaign",
            dependencies: ["UtilityLives", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/LifeCampaign"),
        // Simulated branches of homes, and what the analysis finds in thousands of them.
        .target(
            name: "BranchWorlds", dependencies: ["Analysis", "ValueProtocol"], path: "Tests/BranchWorlds",
            exclude: ["Profiles"]),
        .executableTarget(
            name: "TheftCampaign",
            dependencies: [
                "Analysis", "BranchWorlds", "ValueProtocol",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/TheftCampaign"),
        // Rounds over a simulated branch, and the program that measures them.
        .target(
            name: "GridWorlds", dependencies: ["Grid", "GridSimulation", "ValueProtocol"], path: "Tests/GridWorlds"),
        // Random lives of a whole tree: host, area and local units, lines, meters, in virtual time.
        .target(
            name: "GridLives",
            dependencies: [
                "CardCrypto", "Grid", "GridSimulation", "HeadEnd", "ISO7816", "LineTesting", "PowerLine", "Records",
                "RecordsSQLite", "ValueElement", "ValueProtocol", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Tests/GridLives"),
        .executableTarget(
            name: "GridCampaign",
            dependencies: [
                "Grid", "GridLives", "GridSimulation", "GridWorlds", "LineTesting", "PowerLine", "ValueProtocol",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/GridCampaign"),
        // Host and meter as processes that a test can kill.
        .executableTarget(
            name: "LineTestPeer",
            dependencies: [
                "CardCrypto", "HeadEnd", "Meter", "MeterBench", "Metrology", "PowerLine", "Records", "RecordsSQLite",
                "TestSupport", "TestWorlds", "ValueElement", "ValueProtocol",
            ],
            path: "Tests/LineTestPeer"),
        // Supply rules of any kind, and the program that prints prices for Tools/interop/rules_agreement.py.
        .target(name: "RandomRules", dependencies: ["TestSupport", "ValueProtocol"], path: "Tests/RandomRules"),
        .executableTarget(
            name: "RulesPricePrinter", dependencies: ["RandomRules", "TestSupport", "ValueProtocol"],
            path: "Tests/RulesPricePrinter"),
        // Frames of a line, for Tools/interop/hdlc_agreement.py.
        .executableTarget(
            name: "HDLCFramePrinter", dependencies: ["PowerLine", "TestSupport"], path: "Tests/HDLCFramePrinter"),
        .target(
            name: "FuzzSubjects",
            dependencies: [
                "CardCrypto", "CardScript", "CardTrace", "ContactInterface", "Diagnostics", "GlobalPlatform", "ISO7816",
                "TestSupport", "VPCD", "ValueElement", "ValueProtocol",
            ],
            path: "Tools/fuzz/Sources/FuzzSubjects"),
        // A folder of tests per module.
        .testTarget(
            name: "DurableFilesTests",
            dependencies: [
                "Diagnostics", "DurableFiles", "TestPrograms", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .testTarget(name: "CardCryptoTests", dependencies: ["CardCrypto", "TestSupport"]),
        .testTarget(name: "ISO7816Tests", dependencies: ["CardCrypto", "ISO7816", "TestSupport"]),
        .testTarget(
            name: "ContactInterfaceTests",
            dependencies: [
                "CardCrypto", "CardIOTesting", "CardTrace", "ContactInterface", "Diagnostics", "ISO7816", "TestSupport",
            ]),
        .testTarget(
            name: "CardIOTests",
            dependencies: ["CardCrypto", "CardIO", "CardIOTesting", "ISO7816", "TestSupport", "VPCD"]),
        .testTarget(
            name: "CardTraceTests", dependencies: ["CardIOTesting", "CardTrace", "ISO7816", "TestSupport"]),
        .testTarget(
            name: "CardScriptTests",
            dependencies: ["CardScript", "CardTrace", "DurableFiles", "ISO7816", "TestSupport"]),
        .testTarget(
            name: "CardRelayTests",
            dependencies: [
                "CardIO", "CardRelay", "Diagnostics", "DurableFiles", "ISO7816", "NetworkIdentity", "TestPrograms",
                "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .testTarget(
            name: "NetworkIdentityTests",
            dependencies: [
                "Diagnostics", "DurableFiles", "NetworkIdentity", "TestPrograms", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .testTarget(
            name: "GlobalPlatformTests",
            dependencies: ["CardCrypto", "CardTrace", "GlobalPlatform", "ISO7816", "TestSupport"]),
        .testTarget(
            name: "ValueProtocolTests", dependencies: ["CardCrypto", "RandomRules", "TestSupport", "ValueProtocol"]),
        .testTarget(
            name: "SupplyRulesTextTests",
            dependencies: ["RandomRules", "SupplyRulesText", "TestSupport", "ValueProtocol"]),
        .testTarget(
            name: "ValueElementTests",
            dependencies: [
                "CardCrypto", "ContactInterface", "ISO7816", "TestSupport", "TestWorlds", "ValueElement",
                "ValueElementTesting", "ValueProtocol",
            ]),
        .testTarget(
            name: "IssuingTests",
            dependencies: [
                "CardCrypto", "CardIOTesting", "Diagnostics", "DurableFiles", "ISO7816", "Issuing", "TestSupport",
                "TestWorlds",
                "ValueElement", "ValueProtocol",
            ]),
        .testTarget(name: "MetrologyTests", dependencies: ["MeterBench", "Metrology"]),
        .testTarget(
            name: "MeterTests",
            dependencies: [
                "CardCrypto", "CardIOTesting", "ContactInterface", "ISO7816", "Issuing", "Meter", "MeterBench",
                "Metrology", "TestSupport", "TestWorlds", "ValueElement", "ValueProtocol",
            ],
            exclude: ["Cases", "Files"]),
        .testTarget(
            name: "MeterBenchTests",
            dependencies: [
                "CardCrypto", "Diagnostics", "ISO7816", "Meter", "MeterBench", "Metrology", "TestSupport",
                "TestWorlds", "ValueElement", "ValueProtocol",
            ]),
        .testTarget(
            name: "PowerLineTests",
            dependencies: ["CardIO", "ISO7816", "LineTesting", "PowerLine", "TestSupport", "ValueProtocol"]),
        .testTarget(
            name: "GridTests",
            dependencies: [
                "Grid", "GridSimulation", "GridWorlds", "ISO7816", "LineTesting", "PowerLine", "TestSupport",
                "ValueProtocol",
            ]),
        .testTarget(name: "GridLivesTests", dependencies: ["GridLives"]),
        .testTarget(
            name: "GridTrunkTests",
            dependencies: [
                "Diagnostics", "Grid", "GridTrunk", "ISO7816", "NetworkIdentity", "TestPrograms", "TestSupport",
                "ValueProtocol",
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        .testTarget(
            name: "TelemetryTests",
            dependencies: [
                "Telemetry", .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(
            name: "LedgerTests", dependencies: ["Ledger", "TestPrograms", "TestSupport", "ValueProtocol"]),
        .testTarget(
            name: "RecordsPostgreSQLTests",
            dependencies: [
                "CardCrypto", "Ledger", "Records", "RecordsPostgreSQL", "RecordsSQLite", "RecordsTesting",
                "TestPrograms", "TestSupport", "UtilityLives", "ValueProtocol",
            ]),
        .testTarget(
            name: "RecordsTests", dependencies: ["Issuing", "Ledger", "Records", "TestSupport", "ValueProtocol"]),
        .testTarget(
            name: "RecordsSQLiteTests",
            dependencies: [
                "CardCrypto", "Ledger", "Records", "RecordsSQLite", "RecordsTesting", "TestSupport", "ValueProtocol",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            exclude: ["Files"]),
        .testTarget(
            name: "HeadEndTests",
            dependencies: [
                "CardCrypto", "CardIOTesting", "Grid", "HeadEnd", "ISO7816", "Issuing", "Ledger", "Meter", "PowerLine",
                "Records", "RecordsPostgreSQL", "RecordsSQLite", "TestPrograms", "TestSupport", "TestWorlds",
                "ValueElement", "ValueProtocol",
            ],
            exclude: ["Files"]),
        .testTarget(
            name: "AnalysisTests",
            dependencies: ["Analysis", "BranchWorlds", "HeadEnd", "Meter", "Records", "ValueProtocol"]),
        // Tests of the whole.
        .testTarget(name: "DemonstrationTests", dependencies: ["CardTrace", "Demonstration"]),
        .testTarget(
            name: "SecrecyTests",
            dependencies: [
                "CardCrypto", "CardIO", "CardScript", "CardTrace", "Demonstration", "GlobalPlatform", "Grid",
                "GridSimulation", "HeadEnd", "ISO7816", "Issuing", "Meter", "Metrology", "Records", "RecordsSQLite",
                "TestSupport", "TestWorlds", "ValueElement", "ValueProtocol",
            ]),
        .testTarget(
            name: "InvariantTests",
            dependencies: [
                "CardCrypto", "CardIOTesting", "HeadEnd", "ISO7816", "Issuing", "Ledger", "Meter", "MeterBench",
                "Records", "RecordsSQLite", "TestSupport", "TestWorlds", "UtilityLives", "ValueElement",
                "ValueProtocol",
            ]),
        .testTarget(
            name: "LineProcessTests",
            dependencies: [
                "HeadEnd", "LineTestPeer", "Records", "RecordsSQLite", "TestPrograms", "TestSupport", "ValueProtocol",
            ]),
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "Analysis", "CardCrypto", "CardIO", "CardScript", "CardTrace", "ContactInterface", "DurableFiles",
                "GlobalPlatform", "HeadEnd", "ISO7816", "Issuing", "Ledger", "Meter", "MeterBench", "Metrology",
                "Records", "RecordsSQLite", "RecordsTesting", "TestPrograms", "TestSupport", "ValueElement",
                "ValueElementTesting", "ValueProtocol", "vstore",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzSubjects", "TestSupport", "ValueProtocol"]),
        .testTarget(
            name: "VStoreTests",
            dependencies: [
                "Analysis", "CardCrypto", "CardIO", "CardRelay", "CardScript", "CardTrace", "ContactInterface",
                "Diagnostics",
                "DurableFiles", "GlobalPlatform", "Grid", "HeadEnd", "ISO7816", "Issuing", "Ledger", "LineTestPeer",
                "Meter",
                "MeterBench", "NetworkIdentity", "PowerLine", "Records", "SupplyRulesText", "Telemetry",
                "TestPrograms", "TestSupport", "ValueElement", "ValueProtocol", "vstore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["Snapshots"]),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "CardCrypto", "CardIO", "CardIOTesting", "CardRelay", "CardScript", "CardTrace", "ContactInterface",
                "Demonstration", "Diagnostics", "GlobalPlatform", "HeadEnd", "ISO7816", "Issuing", "Meter", "Metrology",
                "PowerLine", "Records", "RecordsSQLite", "TestPrograms", "TestSupport", "TestWorlds", "ValueElement",
                "ValueProtocol", "vstore",
            ],
            path: "Tests/Integration"),
    ]
)

// libFuzzer brings the main function, and its flags are not for users: Tools/fuzz/run asks for this target.
if Context.environment["VALUESTORE_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzSubjects"], path: "Tools/fuzz/Sources/fuzz",
            swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}

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
