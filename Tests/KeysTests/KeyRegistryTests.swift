import Glibc
import Keys
import Testing
import Tickets
import ZeroMQ

@Suite struct KeyRegistryTests {
    private let ann = UserID(role: .agent, name: "agent")

    @Test func `a key that was handed out belongs to its user, any other to nobody`() throws {
        try withRegistry { folder, registry in
            let key = try folder.load("agent").keys.publicKey
            #expect(registry.userID(of: key, nowMilliseconds: 0) == ann)
            #expect(registry.isAuthorized(ann, nowMilliseconds: 0))
            #expect(registry.publicKey(of: ann, nowMilliseconds: 0) == key)
            #expect(registry.userID(of: try CurveKeyPair.generate().publicKey, nowMilliseconds: 0) == nil)
        }
    }

    @Test func `a revoked key is out within a second of the caller's clock`() throws {
        try withRegistry { folder, registry in
            let key = try folder.load("agent").keys.publicKey
            try folder.revoke(name: "agent")
            #expect(registry.userID(of: key, nowMilliseconds: 999) == ann)
            #expect(registry.generation(nowMilliseconds: 999) == 1)
            #expect(registry.userID(of: key, nowMilliseconds: 1_000) == nil)
            #expect(!registry.isAuthorized(ann, nowMilliseconds: 1_000))
            #expect(registry.generation(nowMilliseconds: 1_000) == 2)
        }
    }

    @Test func `a name is that of a key which may connect, and of no other`() throws {
        try withRegistry { folder, registry in
            #expect(registry.userID(named: "agent", nowMilliseconds: 0) == ann)
            #expect(registry.userID(named: "agent:agent", nowMilliseconds: 0) == nil)
            #expect(registry.userID(named: "", nowMilliseconds: 0) == nil)
            try folder.revoke(name: "agent")
            #expect(registry.userID(named: "agent", nowMilliseconds: 1_000) == nil)
        }
    }

    @Test func `a key that was added is in within a second`() throws {
        try withRegistry { folder, registry in
            let key = try folder.add(role: .node, name: "late").keys.publicKey
            #expect(registry.userID(of: key, nowMilliseconds: 2_000)?.text == "node:late")
        }
    }

    @Test func `a key that was replaced under the same name is noticed`() throws {
        try withRegistry { folder, registry in
            let old = try folder.load("agent").keys.publicKey
            try folder.revoke(name: "agent")
            let new = try folder.add(role: .agent, name: "agent").keys.publicKey
            #expect(registry.userID(of: old, nowMilliseconds: 1_000) == nil)
            #expect(registry.userID(of: new, nowMilliseconds: 1_000) == ann)
        }
    }

    @Test(arguments: [
        "nonsense\n", "# a remark\nnode ann\n",
        "0000000000000000000000000000000000000000 boss ann\n",
    ])
    func `a list that makes no sense changes nothing and says so, until it is mended`(_ text: String) throws {
        try withRegistry { folder, registry in
            let key = try folder.load("agent").keys.publicKey
            let good = try contents(of: folder.authorizedPath)
            try write(text, to: folder.authorizedPath, mode: 0o644)
            #expect(registry.userID(of: key, nowMilliseconds: 1_000) == ann)
            guard case .malformed = registry.failure else {
                Issue.record("\(String(describing: registry.failure))")
                return
            }
            try write(good, to: folder.authorizedPath, mode: 0o644)
            #expect(registry.userID(of: key, nowMilliseconds: 2_000) == ann)
            #expect(registry.failure == nil)
        }
    }

    @Test func `a list that others may write is not taken`() throws {
        try withRegistry { folder, registry in
            try #require(chmod(folder.authorizedPath, 0o666) == 0)
            let error = #expect(throws: KeyError.self) {
                try KeyRegistry(folder.authorizedPath, nowMilliseconds: 0)
            }
            guard case .tooOpen = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func `a list that vanished leaves everybody in and says so`() throws {
        try withRegistry { folder, registry in
            let key = try folder.load("agent").keys.publicKey
            try #require(unlink(folder.authorizedPath) == 0)
            #expect(registry.userID(of: key, nowMilliseconds: 1_000) == ann)
            #expect(registry.failure == .missing(path: folder.authorizedPath))
        }
    }

    @Test func `remarks, empty lines and Windows' line ends are no matter`() throws {
        try withTemporaryFolder { path in
            let keys = try CurveKeyPair.generate()
            let list = "#\n# who may connect\n\n\(keys.publicKey.text) node ann\r\n"
            try write(list, to: "\(path)/authorized", mode: 0o644)
            let registry = try KeyRegistry("\(path)/authorized", nowMilliseconds: 0)
            #expect(registry.userID(of: keys.publicKey, nowMilliseconds: 0)?.text == "node:ann")
        }
    }

    @Test func `a name or a key that is there twice is refused`() throws {
        try withTemporaryFolder { path in
            let (a, b) = (
                try CurveKeyPair.generate().publicKey.text, try CurveKeyPair.generate().publicKey.text
            )
            for list in ["\(a) node ann\n\(b) admin ann\n", "\(a) node ann\n\(a) admin bob\n"] {
                try write(list, to: "\(path)/authorized", mode: 0o644)
                #expect(throws: KeyError.self) { try KeyRegistry("\(path)/authorized", nowMilliseconds: 0) }
            }
        }
    }

    private func withRegistry(_ body: (KeyFolder, KeyRegistry) throws -> Void) throws {
        try withTemporaryFolder { path in
            let folder = KeyFolder(path)
            try folder.create()
            try body(folder, try KeyRegistry(folder.authorizedPath, nowMilliseconds: 0))
        }
    }
}
