import Testing

@testable import PowerCuts

/// What a disk may hold after a power cut, by hand.
@Suite struct SimulatedDiskTests {
    @Test func `what was synced under a synced name is there, and nothing else must be`() throws {
        let disk = SimulatedDisk()
        let first = try #require(disk.create(file: disk.root + "/first"))
        let second = try #require(disk.create(file: disk.root + "/second"))
        write("one", to: first, on: disk)
        write("two", to: second, on: disk)
        #expect(disk.sync(first, name: "first"))
        #expect(disk.sync(folderAt: disk.root))
        write("more", to: first, on: disk)
        let cut = cut(disk)
        let none = cut.image(Array(repeating: .lost, count: cut.pending.count))
        #expect(text("/first", none) == "one")
        #expect(text("/second", none) == "")
        let all = cut.image(Array(repeating: .kept, count: cut.pending.count))
        #expect(text("/first", all) == "more")
        #expect(text("/second", all) == "two")
    }

    @Test func `a file whose folder was not synced may be gone, however well it was synced itself`() throws {
        let disk = SimulatedDisk()
        let file = try #require(disk.create(file: disk.root + "/file"))
        write("text", to: file, on: disk)
        #expect(disk.sync(file, name: "file"))
        let cut = cut(disk)
        #expect(text("/file", cut.image([.lost])) == nil)
        #expect(text("/file", cut.image([.kept])) == "text")
    }

    @Test func `a new name is kept or lost as a whole, and does not need the old one`() throws {
        let disk = SimulatedDisk()
        let old = try #require(disk.create(file: disk.root + "/name"))
        write("old", to: old, on: disk)
        #expect(disk.sync(old, name: "name"))
        #expect(disk.sync(folderAt: disk.root))
        let draft = try #require(disk.create(file: disk.root + "/draft"))
        write("new", to: draft, on: disk)
        #expect(disk.sync(draft, name: "draft"))
        #expect(disk.rename(file: disk.root + "/draft", to: disk.root + "/name"))
        let cut = cut(disk)
        #expect(text("/name", cut.image([.lost, .kept])) == "new")
        #expect(text("/draft", cut.image([.lost, .kept])) == nil)
        #expect(text("/name", cut.image([.kept, .lost])) == "old")
    }

    @Test func `a torn write touches its own bytes only, a sector at a time`() throws {
        let disk = SimulatedDisk()
        let file = try #require(disk.create(file: disk.root + "/file"))
        write(String(repeating: "a", count: 2_000), to: file, on: disk)
        #expect(disk.sync(file, name: "file"))
        #expect(disk.sync(folderAt: disk.root))
        #expect(write(String(repeating: "b", count: 1_000), to: file, at: 600, on: disk))
        let cut = cut(disk)
        var kinds: Set<String> = []
        for seed in 0..<200 as Range<UInt64> {
            let bytes = Array((text("/file", cut.image([.torn(seed)])) ?? "").utf8)
            #expect(bytes.count == 2_000)
            #expect(bytes[..<600].allSatisfy { $0 == 0x61 })
            #expect(bytes[1_600...].allSatisfy { $0 == 0x61 })
            kinds.insert(kind(bytes[600..<1_024]) + kind(bytes[1_024..<1_536]) + kind(bytes[1_536..<1_600]))
        }
        #expect(kinds.contains("aab"))
        #expect(kinds.contains("baa"))
        #expect(kinds.contains("bab"))
        #expect(kinds.contains("b?a"))
    }

    @Test func `what a failed sync should have saved is not saved by the next one`() throws {
        let disk = SimulatedDisk()
        let file = try #require(disk.create(file: disk.root + "/file"))
        #expect(disk.sync(folderAt: disk.root))
        write("lost", to: file, on: disk)
        disk.fault = DiskFault(kind: .inputOutput, at: disk.asked, isForEver: false)
        #expect(!disk.sync(file, name: "file"))
        #expect(disk.sync(file, name: "file"))
        let cut = cut(disk)
        #expect(cut.pending.isEmpty)
        #expect(text("/file", cut.image([])) == "")
    }

    @Test func `what was written beyond the end leaves zeros, and truncating forgets`() {
        var bytes = PagedBytes()
        [1, 2].withUnsafeBytes { bytes.write(UnsafeRawBufferPointer(rebasing: $0[..<1]), at: 20_000) }
        #expect(bytes.count == 20_001)
        #expect(Array(all(bytes)[..<20_000]).allSatisfy { $0 == 0 })
        #expect(all(bytes)[20_000] == 1)
        let before = bytes
        bytes.truncate(to: 20_000)
        bytes.truncate(to: 20_001)
        #expect(all(bytes)[20_000] == 0)
        #expect(all(before)[20_000] == 1)
    }

    // MARK: - Helpers

    private func cut(_ disk: SimulatedDisk) -> PowerCut {
        var cut = PowerCut(disk.operations)
        for _ in disk.operations { cut.advance() }
        return cut
    }

    @discardableResult
    private func write(
        _ text: String, to file: SimulatedFile, at offset: Int = 0, on disk: SimulatedDisk
    ) -> Bool {
        Array(text.utf8).withUnsafeBytes { disk.write($0, to: file, at: offset) }
    }

    private func all(_ bytes: PagedBytes) -> [UInt8] {
        var memory = [UInt8](repeating: 0xff, count: bytes.count)
        let count = memory.withUnsafeMutableBytes { bytes.read(into: $0, at: 0) }
        return Array(memory[..<count])
    }

    /// Nil when there is no such file. Garbage need not be text, so that each byte is a letter of its own.
    private func text(_ path: String, _ image: DiskImage) -> String? {
        guard let file = image.names[path] else { return nil }
        return String(
            all(image.files[file] ?? PagedBytes()).map { Character(UnicodeScalar($0 < 0x80 ? $0 : 0x3f)) })
    }

    private func kind(_ bytes: ArraySlice<UInt8>) -> String {
        if bytes.allSatisfy({ $0 == 0x61 }) { return "a" }
        return bytes.allSatisfy { $0 == 0x62 } ? "b" : "?"
    }
}
