import Glibc
import Keys
import Testing
import Tickets
import ZeroMQ

@Suite struct KeyFileTests {
    let keys: CurveKeyPair
    let broker: CurveKeyPair

    init() throws {
        keys = try .generate()
        broker = try .generate()
    }

    @Test func `a key file comes back as it was written`() throws {
        try withTemporaryFolder { folder in
            let file = KeyFile(
                role: .node, name: "line-one-a", keys: keys, broker: broker.publicKey,
                coordinator: keys.publicKey)
            try file.write(to: "\(folder)/a.key")
            #expect(try KeyFile.load("\(folder)/a.key") == file)
            #expect(names(in: folder) == ["a.key"])
        }
    }

    @Test func `a key file is its owner's alone, whatever the umask`() throws {
        try withTemporaryFolder { folder in
            try KeyFile(role: .admin, name: "root", keys: keys).write(to: "\(folder)/a.key")
            #expect(try mode(of: "\(folder)/a.key") == 0o600)
        }
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o660, 0o610] as [mode_t])
    func `a secret that others can use is refused, with what to do`(_ mode: mode_t) throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.key"
            try KeyFile(role: .agent, name: "ann", keys: keys).write(to: path)
            try #require(chmod(path, mode) == 0)
            let error = #expect(throws: KeyError.self) { try KeyFile.load(path) }
            #expect(error == .tooOpen(path: path, mode: UInt32(mode), wanted: "600"))
            #expect("\(try #require(error))".contains("chmod 600 \(path)"))
        }
    }

    @Test func `a key that is read only, as mounted secrets are, is taken`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.key"
            let file = KeyFile(role: .agent, name: "ann", keys: keys)
            try file.write(to: path)
            try #require(chmod(path, 0o400) == 0)
            #expect(try KeyFile.load(path) == file)
        }
    }

    @Test func `an existing key is never overwritten`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.key"
            try write("precious", to: path)
            let error = #expect(throws: KeyError.self) {
                try KeyFile(role: .agent, name: "ann", keys: keys).write(to: path)
            }
            #expect(error == .exists(path: path))
            #expect(try contents(of: path) == "precious")
            #expect(names(in: folder) == ["a.key"])
        }
    }

    @Test func `a missing key says which and how to get one`() {
        let error = #expect(throws: KeyError.self) { try KeyFile.load("/nowhere/a.key") }
        #expect(error == .missing(path: "/nowhere/a.key"))
    }

    @Test(arguments: [
        // what is written instead of a line                    what the error names
        ("role: node", "role: boss", "role"),
        ("name: ann", "name: ann lee", "name"),
        ("name: ann", "nickname: ann", "line 3"),
        ("name: ann", "name: ann\nname: ann", "twice"),
        ("name: ann", "", "name"),
        ("name: ann", "no colon here", "line 3"),
        ("secret: ", "secret: x", "secret"),
        ("public: ", "public: x", "public"),
        ("broker: ", "broker: x", "broker"),
    ])
    func `a file that is not what was written says where`(
        _ old: String, _ new: String, _ named: String
    ) throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.key"
            try KeyFile(role: .node, name: "ann", keys: keys, broker: broker.publicKey).write(to: path)
            let text = try contents(of: path)
            let start = try #require(text.firstRange(of: old))
            try write(text.replacingCharacters(in: start, with: new), to: path)
            let error = try #require(throws: KeyError.self) { try KeyFile.load(path) }
            #expect("\(error)".contains(named), "\(error)")
            #expect(!"\(error)".contains(keys.secretKey.text))
        }
    }

    @Test func `a public key that does not belong to the secret is refused`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.key"
            try KeyFile(role: .node, name: "ann", keys: keys).write(to: path)
            let text = try contents(of: path)
            let range = try #require(text.firstRange(of: keys.publicKey.text))
            try write(text.replacingCharacters(in: range, with: broker.publicKey.text), to: path)
            #expect(throws: KeyError.self) { try KeyFile.load(path) }
        }
    }

    @Test func `a file that is not text, or no file, is refused`() throws {
        try withTemporaryFolder { folder in
            #expect(throws: KeyError.self) { try KeyFile.load(folder) }
            let path = "\(folder)/a.key"
            let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
            let bytes: [UInt8] = [0x72, 0xFF, 0xFE]
            try #require(write(descriptor, bytes, 3) == 3)
            close(descriptor)
            let error = #expect(throws: KeyError.self) { try KeyFile.load(path) }
            #expect(error == .malformed(path: path, line: 0, what: "the file is not UTF-8"))
        }
    }

    @Test func `no description shows a secret`() {
        let file = KeyFile(role: .node, name: "ann", keys: keys, broker: broker.publicKey)
        var dumped = ""
        dump(file, to: &dumped)
        for text in ["\(file)", String(reflecting: file), dumped] {
            #expect(!text.contains(keys.secretKey.text))
        }
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
