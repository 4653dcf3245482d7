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
            let known = try #require(registry.key(key, nowMilliseconds: 0))
            #expect(known.userID == ann)
            #expect(known.publicKey == key)
            #expect(registry.key(credential: known.credential, nowMilliseconds: 0) == known)
            #expect(registry.key(credential: "agent:agent/0000000000", nowMilliseconds: 0) == nil)
            #expect(registry.key(try CurveKeyPair.generate().publicKey, nowMilliseconds: 0) == nil)
        }
    }

    @Test func `a revoked key is out within a second of the caller's clock`() throws {
        try withRegistry { folder, registry in
            let key = try folder.load("agent").keys.publicKey
            let credential = try #require(registry.key(key, nowMilliseconds: 0)).credential
            try folder.revoke(name: "agent")
            #expect(registry.key(key, nowMilliseconds: 999)?.userID == ann)
            #expect(registry.generation(nowMilliseconds: 999) == 1)
            #expect(registry.key(key, nowMilliseconds: 1_000) == nil)
            #expect(registry.key(credential: credential, nowMilliseconds: 1_000) == nil)
            #expect(registry.generation(nowMilliseconds: 1_000) == 2)
        }
    }

    @Test func `a name is that of a key which may connect, and of no other`() throws {
        try withRegistry { folder, registry in
            #expect(registry.key(named: "agent", nowMilliseconds: 0)?.userID == ann)
            #expect(registry.key(named: "agent:agent", nowMilliseconds: 0) == nil)
            #expect(registry.key(named: "", nowMilliseconds: 0) == nil)
            try folder.revoke(name: "agent")
            #expect(registry.key(named: "agent", nowMilliseconds: 1_000) == nil)
        }
    }

    @Test func `a key that was added is in within a second`() throws {
        try withRegistry { folder, registry in
            let key = try folder.add(role: .node, name: "late").keys.publicKey
            #expect(registry.key(key, nowMilliseconds: 2_000)?.userID.text == "node:late")
        }
    }

    @Test func `a key that was replaced under the same name is noticed`() throws {
        try withRegistry { folder, registry in
            let old = try folder.load("agent").keys.publicKey
            let credential = try #require(registry.key(old, nowMilliseconds: 0)).credential
            try folder.revoke(name: "agent")
            let new = try folder.add(role: .agent, name: "agent").keys.publicKey
            #expect(registry.key(old, nowMilliseconds: 1_000) == nil)
            #expect(registry.key(new, nowMilliseconds: 1_000)?.userID == ann)
            // A connection of the old key must not live on as one of the new.
            #expect(registry.key(credential: credential, nowMilliseconds: 1_000) == nil)
        }
    }

    @Test func `while a key is replaced both open, and none but the newer once the older is retired`() throws
    {
        try withRegistry { folder, registry in
            let old = try folder.load("node").keys.publicKey
            let new = try folder.rotate(name: "node").keys.publicKey
            #expect(try folder.load("node").keys.publicKey == new)
            for key in [old, new] {
                let known = registry.key(key, nowMilliseconds: 1_000)
                #expect(known?.userID.text == "node:node")
                #expect(known?.scope == .any)
            }
            #expect(throws: KeyError.notRetired(name: "node")) { try folder.rotate(name: "node") }
            #expect(try folder.retire(name: "node") == 1)
            #expect(registry.key(old, nowMilliseconds: 2_000) == nil)
            #expect(registry.key(new, nowMilliseconds: 2_000)?.userID.text == "node:node")
            #expect(try folder.retire(name: "node") == 0)
        }
    }

    @Test func `a scope that is changed is noticed`() throws {
        try withRegistry { folder, registry in
            let key = try folder.add(role: .node, name: "berlin").keys.publicKey
            func speaks(for name: Name, at now: Int64) -> Bool? {
                registry.key(key, nowMilliseconds: now)?.maySpeak(for: name)
            }
            #expect(speaks(for: "berlin", at: 1_000) == true)
            #expect(speaks(for: "berlin-1", at: 1_000) == false)
            let before = registry.generation(nowMilliseconds: 1_000)
            try folder.allow(name: "berlin", scope: try #require(NameScope("berlin-*")))
            #expect(speaks(for: "berlin-1", at: 2_000) == true)
            #expect(speaks(for: "berli", at: 2_000) == false)
            #expect(registry.generation(nowMilliseconds: 2_000) == before + 1)
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
            #expect(registry.key(key, nowMilliseconds: 1_000)?.userID == ann)
            guard case .malformed = registry.failure else {
                Issue.record("\(String(describing: registry.failure))")
                return
            }
            try write(good, to: folder.authorizedPath, mode: 0o644)
            #expect(registry.key(key, nowMilliseconds: 2_000)?.userID == ann)
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
            #expect(registry.key(key, nowMilliseconds: 1_000)?.userID == ann)
            #expect(registry.failure == .missing(path: folder.authorizedPath))
        }
    }

    @Test func `remarks, empty lines and Windows' line ends are no matter`() throws {
        try withTemporaryFolder { path in
            let keys = try CurveKeyPair.generate()
            let list = "#\n# who may connect\n\n\(keys.publicKey.text) node ann\r\n"
            try write(list, to: "\(path)/authorized", mode: 0o644)
            let registry = try KeyRegistry("\(path)/authorized", nowMilliseconds: 0)
            #expect(registry.key(keys.publicKey, nowMilliseconds: 0)?.userID.text == "node:ann")
        }
    }

    @Test
    func
        `a key that is there twice, a name with two roles, scopes or three keys, and a wrong scope are refused`()
        throws
    {
        try withTemporaryFolder { path in
            let (a, b) = (
                try CurveKeyPair.generate().publicKey.text, try CurveKeyPair.generate().publicKey.text
            )
            let c = try CurveKeyPair.generate().publicKey.text
            for list in [
                "\(a) node ann\n\(b) admin ann\n", "\(a) node ann\n\(a) admin bob\n",
                "\(a) node ann\n\(a) node ann\n",
                "\(a) node ann\n\(b) node ann *\n", "\(a) node ann\n\(b) node ann\n\(c) node ann\n",
                "\(a) node ann ann\n", "\(a) node ann **\n", "\(a) node ann * *\n",
            ] {
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
