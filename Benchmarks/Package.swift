// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS("26.0")],
    dependencies: [
        .package(name: "ValueStore", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .target(name: "CParsingPeers", dependencies: ["CCrypto"]),
        .target(name: "ParsingSubjects", dependencies: [.product(name: "ISO7816", package: "ValueStore")]),
        .executableTarget(
            name: "parsing-times",
            dependencies: ["CParsingPeers", "ParsingSubjects", .product(name: "ISO7816", package: "ValueStore")]),
        .target(name: "CCreditPeer", dependencies: ["CCrypto"]),
        .executableTarget(
            name: "credit-times",
            dependencies: [
                "CCreditPeer",
                .product(name: "CardCrypto", package: "ValueStore"),
                .product(name: "ISO7816", package: "ValueStore"),
                .product(name: "ValueElement", package: "ValueStore"),
                .product(name: "ValueProtocol", package: "ValueStore"),
            ]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .target(name: "CRecordsPeer", dependencies: ["CSQLite"]),
        .executableTarget(
            name: "loads-times",
            dependencies: [
                "CRecordsPeer",
                .product(name: "CardCrypto", package: "ValueStore"),
                .product(name: "Records", package: "ValueStore"),
                .product(name: "RecordsPostgreSQL", package: "ValueStore"),
                .product(name: "RecordsSQLite", package: "ValueStore"),
                .product(name: "ValueProtocol", package: "ValueStore"),
            ]),
        .target(name: "CAuditPeer", dependencies: ["CCrypto", "CSQLite"]),
        .executableTarget(
            name: "audit-times",
            dependencies: [
                "CAuditPeer",
                .product(name: "CardCrypto", package: "ValueStore"),
                .product(name: "Records", package: "ValueStore"),
                .product(name: "RecordsSQLite", package: "ValueStore"),
                .product(name: "ValueProtocol", package: "ValueStore"),
            ]),
        .executableTarget(
            name: "shared-loads-times",
            dependencies: [
                .product(name: "CardCrypto", package: "ValueStore"),
                .product(name: "Records", package: "ValueStore"),
                .product(name: "RecordsPostgreSQL", package: "ValueStore"),
                .product(name: "ValueProtocol", package: "ValueStore"),
            ]),
        .executableTarget(
            name: "recovery-times",
            dependencies: [
                .product(name: "CardCrypto", package: "ValueStore"),
                .product(name: "HeadEnd", package: "ValueStore"),
                .product(name: "ISO7816", package: "ValueStore"),
                .product(name: "Records", package: "ValueStore"),
                .product(name: "RecordsSQLite", package: "ValueStore"),
                .product(name: "ValueElement", package: "ValueStore"),
                .product(name: "ValueProtocol", package: "ValueStore"),
            ]),
        .executableTarget(
            name: "decoding-times",
            dependencies: [
                .product(name: "CardTrace", package: "ValueStore"), .product(name: "ISO7816", package: "ValueStore"),
            ]),
        .executableTarget(
            name: "transmit-times",
            dependencies: [
                .product(name: "CardIO", package: "ValueStore"), .product(name: "ISO7816", package: "ValueStore"),
            ]),
        .executableTarget(
            name: "readers-times",
            dependencies: [
                .product(name: "CardIO", package: "ValueStore"), .product(name: "ISO7816", package: "ValueStore"),
            ]),
        .executableTarget(
            name: "metrology-times",
            dependencies: [
                .product(name: "MeterBench", package: "ValueStore"), .product(name: "Metrology", package: "ValueStore"),
            ]),
        .executableTarget(
            name: "MetrologyBenchmarks",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "MeterBench", package: "ValueStore"),
                .product(name: "Metrology", package: "ValueStore"),
            ],
            path: "Benchmarks/MetrologyBenchmarks",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .executableTarget(
            name: "ParsingBenchmarks",
            dependencies: [
                "ParsingSubjects",
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "ISO7816", package: "ValueStore"),
            ],
            path: "Benchmarks/ParsingBenchmarks",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ]
)

for target in package.targets where target.type == .executable || target.name == "ParsingSubjects" {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
        .enableExperimentalFeature("Lifetimes"),
    ]
}
