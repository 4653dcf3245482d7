/// What the connections of one database share in memory.
final class SharedMemory {
    static let lockCount = 8

    private(set) var regions: [UnsafeMutableRawPointer] = []
    var readers = [Int](repeating: 0, count: lockCount)
    var isExclusive = [Bool](repeating: false, count: lockCount)
    var users: Set<ObjectIdentifier> = []

    deinit {
        for region in regions { region.deallocate() }
    }

    /// A region; nil when it is not there and is not to be made.
    func region(_ index: Int, bytes: Int, makes: Bool) -> UnsafeMutableRawPointer? {
        guard index >= regions.count else { return regions[index] }
        guard makes else { return nil }
        while regions.count <= index {
            let region = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
            region.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
            regions.append(region)
        }
        return regions[index]
    }
}
