// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Fuzzing",
    platforms: [.macOS("26.0")],
    dependencies: [.package(name: "ValueStore", path: "../..")],
    targets: [
        .executableTarget(
            name: "fuzz",
            dependencies: [.product(name: "FuzzSubjects", package: "ValueStore")],
            swiftSettings: [
                // libFuzzer brings the main function.
                .unsafeFlags(["-parse-as-library"]),
                .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"), .strictMemorySafety(),
            ])
    ]
)
