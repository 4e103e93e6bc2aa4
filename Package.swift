// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "ValueStore",
    platforms: [.macOS("26.0")],
    products: [
        .library(name: "ISO7816", targets: ["ISO7816"]),
        .library(name: "CardIO", targets: ["CardIO"]),
        .library(name: "CardRelay", targets: ["CardRelay"]),
        .library(name: "ValueProtocol", targets: ["ValueProtocol"]),
        .library(name: "ValueElement", targets: ["ValueElement"]),
        .library(name: "ValueElementTesting", targets: ["ValueElementTesting"]),
        .library(name: "Metrology", targets: ["Metrology"]),
        .library(name: "Meter", targets: ["Meter"]),
        .library(name: "PowerLine", targets: ["PowerLine"]),
        .library(name: "Host", targets: ["Host"]),
        .library(name: "CardIOTesting", targets: ["CardIOTesting"]),
        .library(name: "Issuing", targets: ["Issuing"]),
        .library(name: "GlobalPlatform", targets: ["GlobalPlatform"]),
        // For Tools/fuzz, which is a package of its own.
        .library(name: "FuzzSubjects", targets: ["FuzzSubjects"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CPCSC", pkgConfig: "libpcsclite", providers: [.apt(["libpcsclite-dev"])]),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .target(name: "ISO7816"),
        .target(name: "ValueProtocol", dependencies: ["COpenSSL", "ISO7816"]),
        .target(name: "GlobalPlatform", dependencies: ["COpenSSL", "ISO7816"]),
        .target(name: "ValueElement", dependencies: ["ISO7816", "ValueProtocol"]),
        .target(name: "ValueElementTesting", dependencies: ["ValueElement"]),
        // A household's year, embedded by the C compiler.
        .target(name: "CLoadProfiles", exclude: ["Profiles"]),
        .target(name: "Metrology", dependencies: ["CLoadProfiles"]),
        .testTarget(name: "MetrologyTests", dependencies: ["Metrology"]),
        .target(name: "Meter", dependencies: ["ISO7816", "Metrology", "ValueProtocol", "ValueElement"]),
        .target(name: "PowerLine", dependencies: ["ISO7816", "ValueProtocol"]),
        .testTarget(
            name: "PowerLineTests", dependencies: ["CardIO", "ISO7816", "PowerLine", "ValueProtocol"]),
        .target(name: "BuiltPrograms", path: "Tests/BuiltPrograms"),
        // Host and meter as processes that a test can kill.
        .executableTarget(
            name: "LineParty",
            dependencies: ["Host", "Meter", "Metrology", "PowerLine", "ValueElement", "ValueProtocol"],
            path: "Tests/LineParty"),
        .testTarget(
            name: "LineProcessTests",
            dependencies: ["BuiltPrograms", "Host", "LineParty", "PowerLine", "ValueProtocol"]),
        .target(name: "Issuing", dependencies: ["CardIO", "ISO7816", "ValueProtocol"]),
        .target(
            name: "CardIO", dependencies: ["CPCSC", "ISO7816"],
            // A link to APDU/dictionary: its files become part of the program.
            exclude: ["Trace/Names/README.md"], resources: [.embedInCode("Trace/Names")],
            linkerSettings: [
                .linkedLibrary("pcsclite", .when(platforms: [.linux])),
                .linkedFramework("PCSC", .when(platforms: [.macOS])),
            ]),
        .target(
            name: "Host",
            dependencies: [
                "COpenSSL", "ISO7816", "ValueProtocol", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(
            name: "CardRelay",
            dependencies: [
                "COpenSSL", "CardIO", "ISO7816", .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        .testTarget(
            name: "CardRelayTests",
            dependencies: [
                "CardIO", "CardRelay", "ISO7816", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        .target(name: "CardIOTesting", dependencies: ["CardIO", "ISO7816"]),
        .target(
            name: "Demonstration",
            dependencies: [
                "CardIO", "Host", "ISO7816", "Issuing", "Meter", "ValueElement", "ValueProtocol",
            ],
            path: "Tools/vstore/Demo"),
        .testTarget(name: "DemonstrationTests", dependencies: ["CardIO", "Demonstration"]),
        .testTarget(
            name: "SecrecyTests",
            dependencies: [
                "CardIO", "Demonstration", "GlobalPlatform", "Host", "ISO7816", "Issuing", "Meter", "ValueElement",
                "ValueProtocol",
            ]),
        .executableTarget(
            name: "vstore",
            dependencies: [
                "CardIO", "CardRelay", "Demonstration", "GlobalPlatform", "Host", "ISO7816", "Issuing", "Meter",
                "Metrology", "PowerLine", "ValueElement", "ValueProtocol",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tools/vstore", exclude: ["Demo"]),
        .testTarget(
            name: "VStoreTests", dependencies: ["BuiltPrograms", "LineParty", "PowerLine", "vstore"],
            exclude: ["Snapshots"]),
        .testTarget(
            name: "MeterTests",
            dependencies: ["CardIO", "ISO7816", "Metrology", "ValueProtocol", "ValueElement", "Meter"],
            exclude: ["Cases"]),
        .testTarget(name: "ValueProtocolTests", dependencies: ["ISO7816", "ValueProtocol"]),
        .testTarget(
            name: "IssuingTests", dependencies: ["CardIO", "ISO7816", "Issuing", "ValueElement", "ValueProtocol"]),
        .testTarget(
            name: "ValueElementTests",
            dependencies: ["CardIO", "ISO7816", "ValueProtocol", "ValueElement", "ValueElementTesting"]),
        .testTarget(
            name: "HostTests",
            dependencies: [
                "CardIO", "CardIOTesting", "Host", "ISO7816", "Issuing", "Meter", "Metrology", "ValueElement",
                "ValueProtocol",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "CardIO", "GlobalPlatform", "Host", "ISO7816", "Issuing", "Meter", "Metrology",
                "ValueElement",
                "ValueElementTesting",
                "ValueProtocol",
            ]),
        .testTarget(
            name: "InvariantTests",
            dependencies: ["CardIO", "Host", "ISO7816", "Issuing", "Meter", "ValueElement", "ValueProtocol"]),
        .target(
            name: "FuzzSubjects",
            dependencies: ["CardIO", "GlobalPlatform", "ISO7816", "ValueElement", "ValueProtocol"],
            path: "Tools/fuzz/Sources/FuzzSubjects"),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzSubjects", "ValueProtocol"]),
        .testTarget(name: "ISO7816Tests", dependencies: ["ISO7816"]),
        .testTarget(name: "GlobalPlatformTests", dependencies: ["CardIO", "GlobalPlatform", "ISO7816"]),
        .testTarget(name: "CardIOTests", dependencies: ["CardIO", "CardIOTesting", "ISO7816"]),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "BuiltPrograms", "CardIO", "CardIOTesting", "CardRelay", "Demonstration", "Host", "ISO7816", "Issuing",
                "Meter", "Metrology", "PowerLine", "ValueElement", "ValueProtocol", "vstore",
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
