import Storage

/// The file of a snapshot while it is written. It gets its final name only when all of it is on disk, so that a
/// crash leaves the whole file or none.
struct SnapshotDraft: SnapshotOutput {
    private let path: String
    private let draft: String
    private let disk: any Disk
    private let file: any DiskOutput

    init(path: String, on disk: any Disk) throws(StoreError) {
        self.path = path
        self.disk = disk
        draft = path + ".draft"
        file = try disk.create(draft)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) { try file.write(bytes) }

    func publish(in folder: String) throws(StoreError) {
        try file.sync()
        try disk.rename(draft, to: path)
        try disk.sync(folder: folder)
    }
}

/// A snapshot's file while it is read.
struct SnapshotFile: SnapshotInput {
    private let file: any DiskInput

    init(path: String, on disk: any Disk) throws(StoreError) {
        file = try disk.open(path)
    }

    var rest: Int { file.rest }

    func read(into memory: UnsafeMutableRawBufferPointer) throws(StoreError) { try file.read(into: memory) }
}
