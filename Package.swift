// swift-tools-version: 6.2
import PackageDescription

/// Bugs built in on purpose, to show that the simulator finds them: see Cluster/faults/planted.
let planted: [SwiftSetting] =
    Context.environment["PLANTED_BUGS"] == nil ? [] : [.define("PLANTED_BUGS")]

let strict: [SwiftSetting] =
    planted + [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .treatAllWarnings(as: .error),
    ]

// Modules, lowest first. An arrow may only point to a line above it; TidyTests checks the imports.
let package = Package(
    name: "switchboard",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "switchboard", targets: ["switchboard"]),
        .executable(name: "loadtest", targets: ["loadtest"]),
        .executable(name: "killrig", targets: ["killrig"]),
        .executable(name: "crashpoints", targets: ["crashpoints"]),
        .executable(name: "fuzz", targets: ["fuzz"]),
        .executable(name: "faultrig", targets: ["faultrig"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZeroMQ", pkgConfig: "libzmq", providers: [.apt(["libzmq3-dev"])]),
        .target(name: "Tickets", swiftSettings: strict),
        .target(name: "ProtoBytes", swiftSettings: strict),
        .target(name: "Randomness", swiftSettings: strict),
        .target(name: "Promises", dependencies: ["Tickets"], swiftSettings: strict),
        .target(
            name: "Desk",
            dependencies: [
                "Tickets", "ProtoBytes", "Promises",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(
            name: "Wire",
            dependencies: [
                "Tickets", "ProtoBytes", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["switchboard.proto", "Protocol.md"],
            swiftSettings: strict),
        .target(name: "Figures", dependencies: ["Tickets", "Promises", "Desk"], swiftSettings: strict),
        .target(name: "Imports", dependencies: ["Tickets", "Promises", "Desk"], swiftSettings: strict),
        // A desk's week in virtual time: who writes when, who works when, and what becomes of it.
        .target(
            name: "Rehearsal",
            dependencies: [
                "Tickets", "Randomness", "Promises", "Desk", "Figures",
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(
            name: "Storage",
            dependencies: [
                "Tickets", "ProtoBytes", "Promises", "Desk", "Figures",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["log.proto"],
            swiftSettings: strict),
        .target(
            name: "StorageSQLite",
            dependencies: [
                "CSQLite", "Tickets", "ProtoBytes", "Desk", "Figures", "Storage",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(name: "ZeroMQ", dependencies: ["CZeroMQ"], swiftSettings: strict),
        .target(
            name: "Keys",
            dependencies: ["Tickets", "ZeroMQ", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "Client",
            dependencies: [
                "Tickets", "ProtoBytes", "Wire", "ZeroMQ", "Keys",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .target(
            name: "Broker",
            dependencies: [
                "Tickets", "ProtoBytes", "Promises", "Desk", "Wire", "Storage", "ZeroMQ", "Keys",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "Node",
            dependencies: [
                "Tickets", "ProtoBytes", "Randomness", "Wire", "ZeroMQ", "Keys", "Client",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .target(
            name: "Coordinator",
            dependencies: [
                "Tickets", "Wire", "ZeroMQ", "Keys", "Client",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "Web",
            dependencies: [
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "Simulation",
            dependencies: [
                "Tickets", "ProtoBytes", "Promises", "Desk", "Wire", "Storage", "Client", "Broker", "Node",
                "Coordinator",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "switchboard",
            dependencies: [
                "Tickets", "Randomness", "Promises", "Desk", "Figures", "Imports", "Rehearsal", "Wire",
                "Storage", "StorageSQLite", "ZeroMQ", "Keys",
                "Client", "Broker", "Node", "Coordinator", "Web", "Simulation",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        // What rigs and tests share: real processes on folders and ports of their own.
        .target(name: "Rig", dependencies: ["Keys"], path: "Tests/Kits/Rig", swiftSettings: strict),
        .systemLibrary(name: "CEpoll", path: "Loadtest/Peers/CEpoll"),
        .target(
            name: "Peers",
            dependencies: ["CEpoll", .product(name: "GRDBSQLite", package: "GRDB.swift")],
            path: "Loadtest/Peers", exclude: ["CEpoll"], swiftSettings: strict),
        // Load tests on paper: who writes when, what is done to the cluster, what must hold, what the report shows.
        .target(
            name: "Scenarios",
            dependencies: [
                "Tickets", "Desk",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Yams", package: "Yams"),
            ],
            path: "Loadtest/Model", swiftSettings: strict),
        .executableTarget(
            name: "loadtest",
            dependencies: [
                "Tickets", "ProtoBytes", "Desk", "Wire", "Storage", "StorageSQLite", "ZeroMQ", "Keys",
                "Client",
                "Rig", "Peers", "Scenarios",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            path: "Loadtest/Sources",
            swiftSettings: strict),
        // Frames and files that nobody would send, and what must come of them.
        .target(
            name: "Fuzzing",
            dependencies: [
                "Tickets", "ProtoBytes", "Desk", "Figures", "Wire", "Storage", "Keys", "Broker", "Node",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            path: "Tests/Kits/Fuzzing", swiftSettings: strict),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "Tickets", "Wire", "ZeroMQ", "Keys", "Client", "Rig", "Fuzzing",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Fuzz", exclude: ["README.md", "corpus.hex", "crashes.hex"], swiftSettings: strict),
        .executableTarget(
            name: "killrig",
            dependencies: [
                "Tickets", "Randomness", "Wire", "ZeroMQ", "Keys", "Client", "Rig",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Cluster/faults/killrig",
            swiftSettings: strict),
        // Power cuts on paper: a disk in memory, under the real store, that forgets what was not synced.
        .target(
            name: "PowerCuts", dependencies: ["CSQLite", "Tickets", "Desk", "Storage", "StorageSQLite"],
            path: "Cluster/faults/crashpoints/Model", swiftSettings: strict),
        .executableTarget(
            name: "crashpoints",
            dependencies: [
                "PowerCuts", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Cluster/faults/crashpoints/Command", swiftSettings: strict),
        // Faults on paper: which ones come when, what everybody saw, and whether that can have happened.
        .target(name: "Faults", path: "Cluster/faults/Model", swiftSettings: strict),
        .target(
            name: "FaultProxy",
            dependencies: [
                "Faults",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Cluster/faults/Proxy", swiftSettings: strict),
        .executableTarget(
            name: "faultrig",
            dependencies: [
                "Tickets", "Desk", "Wire", "Storage", "StorageSQLite", "ZeroMQ", "Keys", "Client", "Rig",
                "Faults", "FaultProxy",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Cluster/faults/faultrig",
            swiftSettings: strict),
        .testTarget(name: "TicketsTests", dependencies: ["Tickets"], swiftSettings: strict),
        .testTarget(name: "ProtoBytesTests", dependencies: ["ProtoBytes"], swiftSettings: strict),
        .testTarget(
            name: "DeskTests",
            dependencies: [
                "Tickets", "Randomness", "Promises", "Desk",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ], swiftSettings: strict),
        .testTarget(
            name: "WireTests",
            dependencies: [
                "Tickets", "ProtoBytes", "Wire", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "Tickets", "Promises", "Desk", "Figures", "Imports", "Storage", "StorageSQLite",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ], swiftSettings: strict),
        .testTarget(name: "ZeroMQTests", dependencies: ["ZeroMQ"], swiftSettings: strict),
        .testTarget(name: "KeysTests", dependencies: ["Tickets", "Keys", "ZeroMQ"], swiftSettings: strict),
        .testTarget(
            name: "ClientTests",
            dependencies: [
                "Tickets", "Wire", "ZeroMQ", "Keys", "Client",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ], swiftSettings: strict),
        .testTarget(name: "PromisesTests", dependencies: ["Tickets", "Promises"], swiftSettings: strict),
        .testTarget(
            name: "ImportsTests", dependencies: ["Tickets", "Desk", "Imports"], swiftSettings: strict),
        .testTarget(
            name: "FiguresTests", dependencies: ["Tickets", "Randomness", "Promises", "Desk", "Figures"],
            swiftSettings: strict),
        .testTarget(
            name: "RehearsalTests",
            dependencies: ["Tickets", "Randomness", "Promises", "Desk", "Figures", "Rehearsal"],
            swiftSettings: strict),
        .testTarget(
            name: "BrokerTests",
            dependencies: [
                "Tickets", "ProtoBytes", "Promises", "Desk", "Wire", "Storage", "ZeroMQ", "Keys", "Broker",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ], swiftSettings: strict),
        .testTarget(
            name: "NodeTests",
            dependencies: [
                "Tickets", "Randomness", "Wire", "ZeroMQ", "Keys", "Client", "Node",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: strict),
        .testTarget(
            name: "CoordinatorTests",
            dependencies: [
                "Tickets", "Wire", "ZeroMQ", "Keys", "Client", "Coordinator", "Web",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: strict),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["Tickets", "Desk", "Storage", "Client", "Broker", "Node", "Simulation"],
            swiftSettings: strict),
        .testTarget(name: "CrashPointTests", dependencies: ["PowerCuts"], swiftSettings: strict),
        .testTarget(
            name: "FuzzTests", dependencies: ["Fuzzing"], swiftSettings: strict),
        .testTarget(
            name: "FaultsTests",
            dependencies: [
                "Faults", "FaultProxy",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(name: "PeersTests", dependencies: ["Peers"], swiftSettings: strict),
        .testTarget(
            name: "ScenarioTests", dependencies: ["Tickets", "Desk", "Scenarios"], swiftSettings: strict),
        .testTarget(name: "TidyTests", dependencies: ["Tickets"], swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "Tickets", "Desk", "Imports", "Storage", "Wire", "ZeroMQ", "Keys", "Client", "Rig",
                "switchboard",
                "loadtest", "fuzz",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["HostileInputs.md"],
            swiftSettings: strict
        ),
    ]
)
