/// What is on a disk, without the processes that use it. Paths begin below the disk's own root.
struct DiskImage: Sendable {
    var files: [Int: PagedBytes] = [:]
    var names: [String: Int] = [:]
    var folders: Set<String> = []
}

extension DiskImage {
    private static let sectorBytes = 512

    /// What lies in a folder whose name is lost is lost with it.
    mutating func dropLostFolders() {
        names = names.filter { path, _ in
            let folder = SimulatedDisk.folder(of: path)
            return folder == "/" || folders.contains(folder)
        }
    }

    mutating func apply(_ operation: DiskOperation) {
        switch operation {
        case .addFolder(let path): folders.insert(path)
        case .create(let path, let file):
            names[path] = file
            if files[file] == nil { files[file] = PagedBytes() }
        case .remove(let path): names[path] = nil
        case .rename(let path, let new, let file):
            // Its making may be lost while the new name is kept.
            names[path] = nil
            names[new] = file
        case .write(let file, let offset, let bytes):
            bytes.withUnsafeBytes { files[file, default: PagedBytes()].write($0, at: offset) }
        case .truncate(let file, let bytes): files[file, default: PagedBytes()].truncate(to: bytes)
        case .sync, .syncFolder, .failedSync: break
        }
    }

    /// Applies some of a write's sectors; one of them may hold garbage instead.
    mutating func apply(_ operation: DiskOperation, torn seed: UInt64) {
        guard case .write(let file, let offset, let bytes) = operation else { return apply(operation) }
        var chance = Chance(seed)
        let bounds = Self.sectors(of: offset..<offset + bytes.count)
        let kind = Int.random(in: 0..<4, using: &chance)
        let cut = Int.random(in: 0...bounds.count, using: &chance)
        let scribbled = chance.percent(50) ? Int.random(in: 0..<bounds.count, using: &chance) : nil
        // A file may have grown before its content came.
        if chance.percent(30) { growth(of: file, to: offset + bytes.count) }
        for (index, sector) in bounds.enumerated() {
            let isThere =
                switch kind {
                case 0, 1: index < cut
                case 2: index >= cut
                default: chance.percent(50)
                }
            if index == scribbled {
                let garbage = sector.map { _ in UInt8.random(in: 0...255, using: &chance) }
                garbage.withUnsafeBytes {
                    files[file, default: PagedBytes()].write($0, at: sector.lowerBound)
                }
            } else if isThere {
                bytes[(sector.lowerBound - offset)..<(sector.upperBound - offset)].withUnsafeBytes {
                    files[file, default: PagedBytes()].write($0, at: sector.lowerBound)
                }
            }
        }
    }

    private mutating func growth(of file: Int, to bytes: Int) {
        if files[file, default: PagedBytes()].count < bytes {
            files[file, default: PagedBytes()].truncate(to: bytes)
        }
    }

    /// The range in parts that lie within one sector each. What is outside of it is never touched: that is what
    /// SQLite relies on (sqlite.org/psow.html), and what disks with a log of their own do.
    private static func sectors(of range: Range<Int>) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(range.upperBound, (start / sectorBytes + 1) * sectorBytes)
            parts.append(start..<end)
            start = end
        }
        return parts.isEmpty ? [range] : parts
    }
}
