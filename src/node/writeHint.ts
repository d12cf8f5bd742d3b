const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room and run it again',
  EDQUOT: 'your quota of disk space is used up: make room and run it again',
  EFBIG: 'the file would be larger than files may be here (ulimit -f)',
  EACCES: 'check the permissions of the directory',
  EPERM: 'check the permissions of the directory',
  EROFS: 'the disk can only be read: choose another directory',
  ENOTDIR: 'a part of the path is a file: choose another directory',
  EEXIST: 'a part of the path is a file: choose another directory',
  EISDIR: 'there is a directory of that name',
};

/** What to do about an error of the file system. */
export function writeHint(code: string): string {
  return HINTS[code] ?? 'check the path and its permissions';
}
