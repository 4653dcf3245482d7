import Glibc
import Keys
import Testing
import Tickets
import ZeroMQ

@Suite struct KeyFolderTests {
    private let everyKey = [
        "admin.key", "agent.key", "authorized", "broker.key", "client.key", "coordinator.key", "node.key",
    ]

    @Test func `create makes the servers' keys, one a role, and the list`() throws {
        try withTemporaryFolder { path in
            let folder = KeyFolder("\(path)/keys")
            #expect(!folder.isComplete)
            try folder.create()
            defer { remove(folder) }
            #expect(folder.isComplete)
            #expect(names(in: folder.path) == everyKey)
            #expect(try mode(of: folder.path) == 0o700)
            let list = try folder.list()
            #expect(
                list.map(\.userID.text) == [
                    "desk:broker", "coordinator:coordinator", "admin:admin", "agent:agent", "client:client",
                    "node:node",
                ])
            #expect(list.map(\.scope) == [.own, .own, .any, .any, .own, .any])
            let broker = try folder.load("broker").keys.publicKey
            let coordinator = try folder.load("coordinator")
            #expect(coordinator.broker == broker)
            for name in ["admin", "agent", "client", "node"] as [Name] {
                let file = try folder.load(name)
                #expect(file.userID == UserID(role: try #require(Role(word: name.text)), name: name))
                #expect(file.broker == broker)
                #expect(file.coordinator == coordinator.keys.publicKey)
                #expect(list.contains { $0.publicKey == file.keys.publicKey && $0.userID == file.userID })
                #expect(try mode(of: folder.keyPath(name)) == 0o600)
            }
        }
    }

    @Test func `create refuses a folder that has its keys, and changes nothing`() throws {
        try withKeys { folder in
            let before = try everyKey.map { try contents(of: "\(folder.path)/\($0)") }
            let error = #expect(throws: KeyError.self) { try folder.create() }
            #expect(error == .exists(path: folder.authorizedPath))
            #expect(try everyKey.map { try contents(of: "\(folder.path)/\($0)") } == before)
        }
    }

    @Test func `create goes on where an earlier one was interrupted`() throws {
        try withKeys { folder in
            let broker = try folder.load("broker")
            try #require(unlink(folder.authorizedPath) == 0)
            try #require(unlink(folder.keyPath("node")) == 0)
            try folder.create()
            #expect(try folder.load("broker") == broker)
            #expect(try folder.load("node").broker == broker.keys.publicKey)
            #expect(try folder.list().count == 6)
        }
    }

    @Test func `a key that is added may connect`() throws {
        try withKeys { folder in
            let key = try folder.add(role: .node, name: "line-two-b")
            #expect(try folder.load("line-two-b") == key)
            #expect(key.broker == (try folder.load("broker").keys.publicKey))
            #expect(
                try folder.list().last
                    == AuthorizedKey(
                        publicKey: key.keys.publicKey, userID: UserID(role: .node, name: "line-two-b")))
        }
    }

    @Test func `a name that is taken is refused and keeps its key`() throws {
        try withKeys { folder in
            let before = try contents(of: folder.keyPath("node"))
            #expect(throws: KeyError.exists(path: folder.keyPath("node"))) {
                try folder.add(role: .admin, name: "node")
            }
            #expect(try contents(of: folder.keyPath("node")) == before)
            // Also when only the file is there, as after a crash between the file and the list.
            try write("left over", to: folder.keyPath("ann"))
            #expect(throws: KeyError.exists(path: folder.keyPath("ann"))) {
                try folder.add(role: .agent, name: "ann")
            }
            #expect(try contents(of: folder.keyPath("ann")) == "left over")
            #expect(try folder.list().count == 6)
        }
    }

    @Test func `a revoked key is off the list, and its name is free again`() throws {
        try withKeys { folder in
            let old = try folder.load("agent")
            try folder.revoke(name: "agent")
            #expect(try !folder.list().contains { $0.publicKey == old.keys.publicKey })
            #expect(!names(in: folder.path).contains("agent.key"))
            let new = try folder.add(role: .agent, name: "agent")
            #expect(new.keys != old.keys)
        }
    }

    @Test func `the servers' keys, and names that are not there, are not revoked`() throws {
        try withKeys { folder in
            #expect(throws: KeyError.serverKey(name: "broker")) { try folder.revoke(name: "broker") }
            #expect(throws: KeyError.serverKey(name: "coordinator")) {
                try folder.revoke(name: "coordinator")
            }
            #expect(throws: KeyError.unknownName(name: "ann", path: folder.authorizedPath)) {
                try folder.revoke(name: "ann")
            }
            #expect(names(in: folder.path) == everyKey)
        }
    }

    @Test func `many that add at once lose nobody`() async throws {
        let folder = KeyFolder("/tmp/switchboard-keys-\(getpid())-\(UInt32.random(in: 0 ... .max))")
        try folder.create()
        defer { remove(folder, andItself: true) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let name = try #require(Name("node-\(number)"))
                    _ = try folder.add(role: .node, name: name)
                }
            }
            try await group.waitForAll()
        }
        #expect(try folder.list().count == 14)
    }

    private func withKeys(_ body: (KeyFolder) throws -> Void) throws {
        try withTemporaryFolder { path in
            let folder = KeyFolder(path)
            try folder.create()
            try body(folder)
        }
    }

    private func remove(_ folder: KeyFolder, andItself: Bool = true) {
        for name in names(in: folder.path) { unlink("\(folder.path)/\(name)") }
        rmdir(folder.path)
    }
}
