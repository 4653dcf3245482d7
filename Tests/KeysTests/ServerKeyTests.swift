import Keys
import Testing
import Tickets
import ZeroMQ

/// A server's own key is replaced while those who connect to it go on.
struct ServerKeyTests {
    @Test(arguments: [KeyFolder.brokerName, KeyFolder.coordinatorName])
    func `first everybody knows both keys, then the new one alone`(_ server: Name) throws {
        try withTemporaryFolder { path in
            let folder = KeyFolder(path)
            try folder.create()
            let old = try folder.load(server).keys.publicKey
            let client = try folder.load("node")
            #expect(Self.keys(of: server, client) == [old])

            let next = try folder.prepareServer(name: server).keys.publicKey
            #expect(next != old)
            #expect(try folder.load(server).keys.publicKey == old)
            #expect(Self.keys(of: server, try folder.load("node")) == [old, next])
            // The servers connect to each other too, and to who comes later.
            let peer = server == KeyFolder.brokerName ? KeyFolder.coordinatorName : "admin"
            #expect(Self.keys(of: server, try folder.load(peer)) == [old, next])
            #expect(Self.keys(of: server, try folder.add(role: .node, name: "late")) == [old, next])
            #expect(Self.keys(of: server, try folder.rotate(name: "client")) == [old, next])
            #expect(folder.serverKeys(server) == [old, next])
            #expect(try Self.listed(folder, server) == [old, next])
            // Called again it makes no third one.
            #expect(try folder.prepareServer(name: server).keys.publicKey == next)

            #expect(try folder.replaceServer(name: server) == next)
            #expect(try folder.load(server).keys.publicKey == next)
            #expect(try folder.load(server).name == server)
            for name in ["node", "late", "client", "admin"] as [Name] {
                #expect(Self.keys(of: server, try folder.load(name)) == [next], "\(name)")
            }
            #expect(try Self.listed(folder, server) == [next])
            #expect(folder.serverKeys(server) == [next])
            #expect(try folder.replaceServer(name: server) == nil)
        }
    }

    /// The file of the next key goes last, so that whatever a crash has left undone is done by the next call.
    @Test func `a step that was interrupted is finished when it is called again`() throws {
        try withTemporaryFolder { path in
            let folder = KeyFolder(path)
            try folder.create()
            let before = try folder.load("node")
            let next = try folder.prepareServer(name: "broker")
            // As if the process had ended before the files were changed: one names the old key alone.
            try folder.revoke(name: "node")
            try before.write(to: folder.keyPath("node"))
            _ = try folder.prepareServer(name: "broker")
            #expect(Self.keys(of: "broker", try folder.load("node")) == [before.broker, next.keys.publicKey])
            // And here after the server's own file.
            try folder.replaceServer(name: "broker")
            try next.write(to: folder.nextKeyPath("broker"))
            #expect(try folder.replaceServer(name: "broker") == next.keys.publicKey)
            #expect(try Self.listed(folder, "broker") == [next.keys.publicKey])
        }
    }

    @Test func `only servers have a next key`() throws {
        try withTemporaryFolder { path in
            let folder = KeyFolder(path)
            try folder.create()
            #expect(throws: KeyError.notServer(name: "node")) { try folder.prepareServer(name: "node") }
            #expect(throws: KeyError.notServer(name: "node")) { try folder.replaceServer(name: "node") }
            #expect(throws: KeyError.serverKey(name: "broker")) { try folder.rotate(name: "broker") }
        }
    }

    @Test func `a key file says both keys, and is read as it was written`() throws {
        try withTemporaryFolder { path in
            let folder = KeyFolder(path)
            try folder.create()
            _ = try folder.prepareServer(name: "broker")
            _ = try folder.prepareServer(name: "coordinator")
            let file = try folder.load("node")
            #expect(file.nextBroker != nil && file.nextCoordinator != nil)
            #expect(try KeyFile(text: file.text, path: "x") == file)
            #expect(file.brokerSecurities().count == 2)
            #expect(file.coordinatorSecurities.count == 2)
            #expect(file.brokerSecurities(isInsecureLoopback: true).count == 1)
        }
    }

    private static func keys(of server: Name, _ file: KeyFile) -> [Z85Key?] {
        (server == KeyFolder.brokerName
            ? [file.broker, file.nextBroker] : [file.coordinator, file.nextCoordinator]).filter { $0 != nil }
    }

    private static func listed(_ folder: KeyFolder, _ server: Name) throws -> [Z85Key] {
        try folder.list().filter { $0.userID.name == server }.map(\.publicKey)
    }
}
