         TITLE 'CLERK - A GUEST OF ONE PAGE'
*---------------------------------------------------------------------
* An operating system of one page, loaded from the card reader.  It
* lists the cards behind its deck on the printer, asks for a name on
* the console, reads the label of disk 150, and writes tape 180.
*---------------------------------------------------------------------
CLERK    START X'1000'
         BALR  12,0
         USING *,12
         MVC   X'78'(8),IONEW
         STIDP CPUID
         CLI   CPUID,X'FF'         does CP tell that it is there?
         BE    LIST
         MVC   BANNER+19(4),=C'REAL'
LIST     LA    1,WRBANNER
         LA    2,X'009'
         BAL   14,DOIO
*
NEXTCARD LA    1,RDCARD            the cards, line by line
         LA    2,X'00C'
         BAL   14,DOIO
         TM    X'44',X'01'         unit exception: the last one
         BO    ASK
         LA    1,WRLINE
         LA    2,X'00E'
         BAL   14,DOIO
         B     NEXTCARD
*
ASK      LA    1,WRASK
         LA    2,X'009'
         BAL   14,DOIO
         LA    1,RDNAME
         LA    2,X'009'
         BAL   14,DOIO
         OC    NAME,BLANKS         small letters to capital ones
         LA    1,WRHELLO
         LA    2,X'009'
         BAL   14,DOIO
*
         LA    1,RDLABEL           the label of the disk
         LA    2,X'150'
         BAL   14,DOIO
         MVC   VOLUME,LABEL+4
         LA    1,WRVOLUME
         LA    2,X'009'
         BAL   14,DOIO
*
         LA    1,WRTAPE            and a tape for the archive
         LA    2,X'180'
         BAL   14,DOIO
         LA    1,WRDONE
         LA    2,X'009'
         BAL   14,DOIO
         LPSW  THEEND
*---------------------------------------------------------------------
* Channel program at register 1 on device in register 2; back through
* register 14 when the device has ended.
*---------------------------------------------------------------------
DOIO     ST    1,X'48'
         SIO   0(2)
         BC    1,NOTHERE           no such device
         BC    4,ENDED             ended at once: the CSW is stored
WAITIO   LPSW  IOWAIT
INTERRPT CH    2,X'3A'             the device that we wait for?
         BNE   WAITIO
ENDED    TM    X'44',X'07'         device end, check, exception
         BZ    WAITIO
         BR    14
NOTHERE  LPSW  MISSING
*
IOWAIT   DC    X'FE02000000000000' wait, all channels
IONEW    DC    X'00000000',A(INTERRPT)
THEEND   DC    X'000200000000E0F0' disabled wait: done
MISSING  DC    X'0002000000000BAD' disabled wait: device missing
CPUID    DS    D
*
WRBANNER CCW   X'09',BANNER,X'20',24
RDCARD   CCW   X'02',CARD,X'20',80
WRLINE   CCW   X'09',CARD,X'20',80
WRASK    CCW   X'01',QUESTION,X'20',12
RDNAME   CCW   X'0A',NAME,X'20',20
WRHELLO  CCW   X'09',HELLO,X'20',27
RDLABEL  CCW   X'07',SEEKADDR,X'40',6
         CCW   X'31',SEEKADDR+2,X'40',5
         CCW   X'08',*-8,0,1
         CCW   X'06',LABEL,X'20',80
WRVOLUME CCW   X'09',DISK,X'20',13
WRTAPE   CCW   X'01',HELLO,X'60',27
         CCW   X'1F',0,X'60',1
         CCW   X'07',0,X'20',1
WRDONE   CCW   X'09',DONE,X'20',4
*
SEEKADDR DC    X'0000',X'0000',X'0000',X'03'
BANNER   DC    CL24'THE CLERK IS HERE. VM.'
QUESTION DC    CL12'YOUR NAME?'
HELLO    DC    CL7'HELLO, '
NAME     DC    CL20' '
BLANKS   DC    CL20' '
DISK     DC    CL7'VOLUME '
VOLUME   DS    CL6
DONE     DC    C'DONE'
CARD     DS    CL80
LABEL    DS    CL80
         LTORG
         END   CLERK
