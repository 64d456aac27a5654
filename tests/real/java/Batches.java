import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.kafka.common.record.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.FileRecords;

/**
 * Prints every batch in the segment files of the partition directories --dirs a,b,...: directory
 * name, base offset, magic, codec, count (empty for old message sets), size, kind (data or
 * control), and a SHA-256 of what follows the 61-byte header, which is the payload of magic 2.
 */
final class Batches {
  private static final int HEADER_BYTES = 61;

  static void run(Args args, Consumer<String> print) throws IOException {
    for (String name : args.get("dirs").split(",")) {
      File directory = new File(name);
      File[] segments = directory.listFiles(file -> file.getName().endsWith(".log"));
      Arrays.sort(segments);
      for (File segment : segments) {
        try (FileRecords records = FileRecords.open(segment, false)) {
          for (FileChannelRecordBatch batch : records.batches()) {
            print.accept(line(directory.getName(), batch));
          }
        }
      }
    }
  }

  private static String line(String partition, FileChannelRecordBatch batch) {
    ByteBuffer bytes = ByteBuffer.allocate(batch.sizeInBytes());
    batch.writeTo(bytes);
    int from = Math.min(HEADER_BYTES, bytes.capacity());
    var digest = PartitionDigests.sha256();
    digest.update(bytes.array(), from, bytes.capacity() - from);
    Integer count = batch.countOrNull();
    return String.join("\t", partition, Long.toString(batch.baseOffset()),
        Byte.toString(batch.magic()), batch.compressionType().name().toLowerCase(Locale.ROOT),
        count == null ? "" : count.toString(), Integer.toString(batch.sizeInBytes()),
        batch.isControlBatch() ? "control" : "data", HexFormat.of().formatHex(digest.digest()));
  }
}
